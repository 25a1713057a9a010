import { Command } from 'commander'
import { action } from '../context.ts'

export default function ls(): Command {
  return new Command().description('Lists jobs, newest first.').action(
    action(async ({ thresher, out }) => {
      for await (const job of thresher.jobs.list()) out.write(`${job.id}\n`)
    }),
  )
}
