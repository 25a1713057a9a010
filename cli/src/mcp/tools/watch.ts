import type { Job } from '@thresher/client'
import { describeEpoch, describeJob, factsOf, nextStep } from '../job-facts.ts'
import { JOB_ID, type JobArguments } from '../job-id.ts'
import { type Call, defineTool, READS } from '../tool.ts'
import { WAIT_SECONDS, within } from '../within.ts'

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled'])

export const watch = defineTool<JobArguments & { seconds?: number }>({
  name: 'watch',
  title: 'Wait for a job',
  description:
    'Waits until a job has ended or is paused, for `seconds` at most, and reports each epoch as progress. Returns the state then; if the job still runs, call it again.',
  scope: 'read',
  effects: READS,
  input: () => ({ properties: { jobId: JOB_ID, seconds: WAIT_SECONDS }, required: ['jobId'] }),
  async run({ jobId, seconds }, call) {
    await within(seconds, call.signal, signal => follow(jobId, { ...call, signal }))
    const job = await call.thresher.jobs.get(jobId, { signal: call.signal })
    return {
      text: `${describeJob(job)}\n${nextStep(job)}`,
      data: { ...factsOf(job, call.thresher), ended: ENDED.has(job.status) },
    }
  },
})

async function follow(jobId: string, { thresher, signal, progress }: Call): Promise<void> {
  let reported = 0
  for await (const frame of thresher.jobs.watch(jobId, { signal })) {
    if (frame.type === 'snapshot') {
      if (isAtRest(frame.job)) return
      // Events of the past follow, which an earlier call has reported.
      reported = Math.max(reported, frame.job.progress.epoch)
    } else if (frame.type === 'epoch' && frame.data.epoch > reported) {
      reported = frame.data.epoch
      await progress(reported, frame.data.epochs, describeEpoch(frame.data))
    } else if (frame.type === 'paused') {
      // The event may be an old one: the job may have resumed since.
      if (isAtRest(await thresher.jobs.get(jobId, { signal }))) return
    }
  }
}

/** Whether waiting changes nothing. */
function isAtRest({ status }: Job): boolean {
  return ENDED.has(status) || status === 'paused'
}
