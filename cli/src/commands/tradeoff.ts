import { Command } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { jobArgument, jobId } from '../job-id.ts'
import { printJson, printLines } from '../print.ts'
import { parseCheckpoint, parseShare } from '../request/options.ts'
import { measureTradeoff } from '../tradeoff/measure-tradeoff.ts'
import { orMeasure } from '../tradeoff/not-measured.ts'
import { tradeoffLines } from '../tradeoff/tradeoff-lines.ts'

interface Options {
  measure?: true
  level?: number[]
  checkpoint?: 'best' | 'latest' | number
  all?: true
}

export default function tradeoff(): Command {
  return new Command()
    .description('Prints the accuracy of the model of a job at other sparsities and sizes.')
    .addArgument(jobArgument())
    .option('-m, --measure', 'measure it first, which takes some seconds or minutes of a worker')
    .option(
      '--level <share>',
      'with --measure, a further sparsity; may be repeated',
      (text, previous: number[] = []) => [...previous, parseShare(text)],
    )
    .option(
      '--checkpoint <which>',
      'best, latest or the number of an epoch; by default the model',
      parseCheckpoint,
    )
    .option('-a, --all', 'print every point, not only those that no other point beats')
    .addHelpText(
      'after',
      examples(
        'thresher tradeoff @1',
        'thresher tradeoff @1 --measure',
        'thresher download @1 --sparsity 0.97',
      ),
    )
    .action(action(run))
}

async function run(
  context: Context,
  text: string,
  { measure, level, checkpoint, all }: Options,
): Promise<void> {
  const { thresher, json } = context
  const id = await jobId(thresher, text)
  if (measure) await measureTradeoff(context, id, { level, checkpoint })
  const query = checkpoint === undefined ? {} : { checkpoint }
  const found = await thresher.jobs.tradeoff(id, query).catch(orMeasure(id))
  if (json) printJson(context, found)
  else printLines(context, tradeoffLines(found, { all: all ?? false, terminal: context }))
}
