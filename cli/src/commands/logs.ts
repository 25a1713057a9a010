import type { JobEvent } from '@thresher/client'
import { Command } from 'commander'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { jobArgument, jobId } from '../job-id.ts'
import { printJson } from '../print.ts'
import { epochLine } from '../watch/epoch-line.ts'
import { eventLine } from '../watch/event-line.ts'

export default function logs(): Command {
  return new Command()
    .description('Prints the events of a job with their times, oldest first.')
    .addArgument(jobArgument())
    .option('-f, --follow', 'print further events until the job has ended')
    .addHelpText(
      'after',
      examples('thresher logs @1', 'thresher logs @1 --follow', 'thresher logs @1 --json'),
    )
    .action(action(run))
}

async function run(context: Context, job: string, { follow }: { follow?: true }): Promise<void> {
  const { thresher } = context
  const id = await jobId(thresher, job)
  const frames = follow ? thresher.jobs.watch(id) : thresher.jobs.events(id)
  for await (const frame of frames) {
    if (context.json && 'seq' in frame) printJson(context, frame)
    else if ('seq' in frame) printEvent(context, frame)
    else if (frame.type === 'gap') printGap(context, frame)
  }
}

function printEvent({ out, outColors }: Context, event: JobEvent): void {
  const line =
    event.type === 'epoch' ? `epoch ${epochLine(event.data, outColors)}` : eventLine(event, outColors)
  out.write(`${outColors.dim(timeOf(event.time))}  ${line}\n`)
}

function printGap(context: Context, gap: { from: number; to: number }): void {
  if (context.json) printJson(context, gap)
  else context.out.write(`events ${gap.from} to ${gap.to} are no longer stored\n`)
}

/** In the time zone of the user, as `2026-11-29 17:41:38`. */
function timeOf(iso: string): string {
  const time = new Date(iso)
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}
