import type { Job } from '@thresher/client'
import { Command } from 'commander'
import { action } from '../context.ts'
import { each } from '../each.ts'
import { examples } from '../examples.ts'
import { statusColor } from '../job-facts.ts'
import { jobId, jobsArgument } from '../job-id.ts'
import { printJson } from '../print.ts'

/** A command that changes the status of each job that it names, and prints the new one. */
export function changeJobs(name: 'cancel' | 'pause' | 'resume', description: string): Command {
  return new Command()
    .description(description)
    .addArgument(jobsArgument())
    .addHelpText('after', examples(`thresher ${name} @1`, `thresher ${name} x4znpb 9qk2aa`))
    .action(
      action((context, names: string[]) => {
        const { thresher, json, out, outColors } = context
        return each(context, names, async text => {
          const job: Job = await thresher.jobs[name](await jobId(thresher, text))
          if (json) printJson(context, job)
          else out.write(`${job.id}  ${statusColor(job.status, outColors)(job.status)}\n`)
        })
      }),
    )
}
