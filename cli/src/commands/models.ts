import type { Model } from '@thresher/client'
import { Command } from 'commander'
import { action } from '../context.ts'
import { each } from '../each.ts'
import { examples } from '../examples.ts'
import { jobArgument, jobId } from '../job-id.ts'
import { predict } from '../predict/predict.ts'
import { limitOption, printJson, printLines, printList } from '../print.ts'
import { parseCheckpoint } from '../request/options.ts'
import { modelSheet } from '../show/model-sheet.ts'
import { ago, count, percent } from '../terminal/figures.ts'
import type { Column } from '../terminal/table.ts'

export default function models(): Command {
  return new Command()
    .description('Lists, registers, asks and deletes models.')
    .addCommand(ls())
    .addCommand(show())
    .addCommand(register())
    .addCommand(predictCommand())
    .addCommand(rm())
    .addHelpText(
      'after',
      examples('thresher models register @1 digits', 'thresher models predict digits seven.png'),
    )
}

function ls(): Command {
  return new Command('ls')
    .description('Lists presets, uploads and registered models.')
    .option('--name <text>', 'only models whose name begins with this')
    .addOption(limitOption())
    .addHelpText('after', examples('thresher models ls', 'thresher models ls --name digits'))
    .action(
      action((context, { limit, name }: { limit: number; name?: string }) =>
        printList(context, context.thresher.models.list(name ? { name } : {}), COLUMNS, {
          limit,
          empty: 'No models.',
        }),
      ),
    )
}

function show(): Command {
  return new Command('show')
    .description('Prints a model and its versions.')
    .argument('<model>', 'a preset, an id, NAME or NAME@VERSION')
    .addHelpText('after', examples('thresher models show digits', 'thresher models show digits@3'))
    .action(
      action(async (context, id: string) => {
        const model = await context.thresher.models.get(id)
        if (context.json) printJson(context, model)
        else printLines(context, modelSheet(model, context))
      }),
    )
}

function register(): Command {
  return new Command('register')
    .description('Makes the model of a job the next version under a name.')
    .addArgument(jobArgument())
    .argument('<name>', 'name of the model')
    .option(
      '--checkpoint <which>',
      'best, latest or the number of an epoch; by default the model',
      parseCheckpoint,
    )
    .addHelpText('after', examples('thresher models register @1 digits'))
    .action(
      action(
        async (
          context,
          job: string,
          name: string,
          { checkpoint }: { checkpoint?: 'best' | 'latest' | number },
        ) => {
          const { thresher, json, out } = context
          const request = {
            jobId: await jobId(thresher, job),
            name,
            ...(checkpoint !== undefined && { checkpoint }),
          }
          const model = await thresher.models.register(request)
          if (json) printJson(context, model)
          else out.write(`${model.id}\n`)
        },
      ),
    )
}

function predictCommand(): Command {
  return new Command('predict')
    .description('Prints what a model predicts.')
    .argument('<model>', 'an id, NAME or NAME@VERSION, or the id of a job')
    .argument('<files...>', 'images, or one JSON file { "inputs": [...] }, or - for JSON on standard input')
    .addHelpText(
      'after',
      examples(
        'thresher models predict digits@3 seven.png',
        'thresher models predict digits inputs.json --json',
      ),
    )
    .action(action(predict))
}

function rm(): Command {
  return new Command('rm')
    .description('Deletes models.')
    .argument('<models...>', 'ids, or NAME@VERSION')
    .addHelpText('after', examples('thresher models rm digits@1'))
    .action(
      action((context, ids: string[]) =>
        each(context, ids, async id => {
          await context.thresher.models.delete(id)
          if (context.json) printJson(context, { id, deleted: true })
          else context.out.write(`${id}  deleted\n`)
        }),
      ),
    )
}

const COLUMNS: Column<Model>[] = [
  { title: 'model', value: ({ id }) => id },
  { title: 'name', value: ({ name = '' }) => name, optional: 2, shrinkTo: 8 },
  { title: 'input', value: ({ inputShape }) => inputShape.join(' × '), optional: 3 },
  { title: 'parameters', align: 'right', value: ({ parameters }) => count(parameters) },
  {
    title: 'accuracy',
    align: 'right',
    value: ({ metrics }) =>
      metrics?.validationAccuracy === undefined ? '' : percent(metrics.validationAccuracy),
  },
  { title: 'zeros', align: 'right', value: ({ metrics }) => (metrics ? percent(metrics.sparsity) : '') },
  {
    title: 'created',
    align: 'right',
    value: ({ createdAt }) => (createdAt ? ago(createdAt) : 'built in'),
    optional: 1,
  },
]
