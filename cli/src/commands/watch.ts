import { Command } from 'commander'
import { action } from '../context.ts'
import { examples } from '../examples.ts'
import { jobArgument, jobId } from '../job-id.ts'
import { watchJob } from '../watch/watch-job.ts'

export default function watch(): Command {
  return new Command()
    .description('Shows a job until it has ended. Ctrl-C stops watching; the job continues.')
    .addArgument(jobArgument())
    .addHelpText(
      'after',
      examples(
        'thresher watch @1',
        'thresher watch @1 --json | jq \'select(.type == "epoch") | .data.sparsity\'',
      ),
    )
    .action(
      action(async (context, job: string) => {
        const id = await jobId(context.thresher, job)
        return await watchJob(context, id, context.out)
      }),
    )
}
