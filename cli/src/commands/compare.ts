import type { Job } from '@thresher/client'
import { Argument, Command } from 'commander'
import { comparisonTable, differences } from '../compare/differences.ts'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { usageError } from '../failure.ts'
import { jobId } from '../job-id.ts'
import { printJson, printLines } from '../print.ts'

export default function compare(): Command {
  return new Command()
    .description('Prints how the specs of jobs differ, and what they have reached.')
    .addArgument(new Argument('<jobs...>', 'at least two jobs'))
    .addHelpText('after', examples('thresher compare @1 @2', 'thresher compare @1 @2 @3 --json'))
    .action(action(run))
}

async function run(context: Context, texts: string[]): Promise<void> {
  if (texts.length < 2) throw usageError('Name at least two jobs.')
  const jobs: Job[] = []
  for (const text of texts) jobs.push(await context.thresher.jobs.get(await jobId(context.thresher, text)))
  const rows = differences(jobs)
  if (context.json) printJson(context, { jobs: jobs.map(({ id }) => id), rows })
  else printLines(context, comparisonTable(jobs, rows, context))
}
