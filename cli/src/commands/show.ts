import { Command } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { jobArgument, jobId } from '../job-id.ts'
import { printJson, printLines } from '../print.ts'
import { jobSheet } from '../show/job-sheet.ts'

export default function show(): Command {
  return new Command()
    .description('Prints a job: its spec, its metrics, its layers and its files.')
    .addArgument(jobArgument())
    .addHelpText('after', examples('thresher show @1', 'thresher show @1 --json | jq .spec > spec.json'))
    .action(action(run))
}

async function run(context: Context, text: string): Promise<void> {
  const { thresher, json } = context
  const id = await jobId(thresher, text)
  const job = await thresher.jobs.get(id)
  if (json) return printJson(context, job)
  const { data: epochs } = await thresher.jobs.metrics(id)
  const files = []
  for await (const entry of thresher.jobs.artifacts(id)) files.push(entry)
  printLines(context, jobSheet({ job, epochs, files }, context))
}
