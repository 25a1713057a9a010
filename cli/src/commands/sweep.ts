import type { ListedSweep, SweepRequest } from '@thresher/client'
import { Command } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { limitOption, printJson, printLines, printList } from '../print.ts'
import { parsePair } from '../request/options.ts'
import { readJson } from '../request/read-json.ts'
import { setPath } from '../request/set-path.ts'
import { sweepSheet } from '../show/sweep-sheet.ts'
import { ago } from '../terminal/figures.ts'
import type { Column } from '../terminal/table.ts'

export default function sweep(): Command {
  return new Command()
    .description('Searches over the fields of a job.')
    .addCommand(create())
    .addCommand(ls())
    .addCommand(show())
    .addCommand(cancel())
    .addHelpText('after', examples('thresher sweep create sweep.json', 'thresher sweep show sweep_01k…'))
}

function create(): Command {
  return new Command('create')
    .description('Starts a sweep.')
    .argument('<file>', 'a JSON file with the request (docs/sweeps.md), or - for standard input')
    .option('--name <name>', 'name of the sweep')
    .option(
      '--set <path=value>',
      'another field, such as maxConcurrent=2 or base.epochs=5; may be repeated',
      parsePair,
    )
    .addHelpText('after', examples('thresher sweep create sweep.json --set base.epochs=5'))
    .action(
      action(
        async (context, file: string, { name, set = [] }: { name?: string; set?: [string, string][] }) => {
          const request = await readJson(file)
          if (name !== undefined) request.name = name
          for (const [path, value] of set) setPath(request, path, value)
          const created = await context.thresher.sweeps.create(request as SweepRequest)
          if (context.json) return printJson(context, created)
          context.out.write(`${created.id}\n`)
          context.err.write(context.errColors.dim(`thresher sweep show ${created.id}\n`))
        },
      ),
    )
}

function ls(): Command {
  return new Command('ls')
    .description('Lists sweeps, newest first.')
    .addOption(limitOption())
    .addHelpText('after', examples('thresher sweep ls'))
    .action(
      action((context, { limit }: { limit: number }) =>
        printList(context, context.thresher.sweeps.list(), COLUMNS, { limit, empty: 'No sweeps.' }),
      ),
    )
}

function show(): Command {
  return new Command('show')
    .description('Prints a sweep and its trials, the best first.')
    .argument('<sweep>', 'id of a sweep')
    .addHelpText('after', examples('thresher sweep show sweep_01k…', 'thresher ls --sweep sweep_01k…'))
    .action(
      action(async (context, id: string) => {
        const found = await context.thresher.sweeps.get(id)
        if (context.json) printJson(context, found)
        else printLines(context, sweepSheet(found, context))
      }),
    )
}

function cancel(): Command {
  return new Command('cancel')
    .description('Cancels a sweep and its unfinished jobs.')
    .argument('<sweep>', 'id of a sweep')
    .addHelpText('after', examples('thresher sweep cancel sweep_01k…'))
    .action(
      action(async (context: Context, id: string) => {
        const changed = await context.thresher.sweeps.cancel(id)
        if (context.json) printJson(context, changed)
        else context.out.write(`${changed.id}  ${changed.status}\n`)
      }),
    )
}

const COLUMNS: Column<ListedSweep>[] = [
  { title: 'sweep', value: ({ id }) => id },
  { title: 'status', value: ({ status }) => status, optional: 1 },
  { title: 'name', value: ({ name = '' }) => name, optional: 3, shrinkTo: 8 },
  { title: 'search', value: ({ method }) => method, optional: 4 },
  {
    title: 'trials',
    align: 'right',
    optional: 2,
    value: ({ counts }) => {
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
      return `${counts.succeeded ?? 0}/${all}`
    },
  },
  { title: 'created', align: 'right', value: ({ createdAt }) => ago(createdAt), optional: 5 },
]
