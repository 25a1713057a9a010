import type { Job } from '@thresher/client'
import { describeJob, factsOf, nextStep } from '../job-facts.ts'
import { JOB_ID, type JobArguments } from '../job-id.ts'
import { defineTool, type Effects } from '../tool.ts'

const change = (
  name: 'cancel' | 'pause' | 'resume',
  title: string,
  description: string,
  effects: Omit<Effects, 'readOnlyHint'>,
) =>
  defineTool<JobArguments>({
    ...{ name, title, description, scope: 'submit' as const },
    // A second call has no further effect.
    effects: { readOnlyHint: false, idempotentHint: true, ...effects },
    input: () => ({ properties: { jobId: JOB_ID }, required: ['jobId'] }),
    async run({ jobId }, { thresher, signal }) {
      const job: Job = await thresher.jobs[name](jobId, { signal })
      return { text: `${describeJob(job)}\n${nextStep(job)}`, data: factsOf(job, thresher) }
    },
  })

export const cancel = change(
  'cancel',
  'Cancel a job',
  'Ends a job; it cannot be resumed. Its last checkpoint is kept, and its model can be downloaded.',
  { destructiveHint: true },
)

export const pause = change(
  'pause',
  'Pause a job',
  'Writes a checkpoint and stops a job until `resume`. It then uses no worker.',
  { destructiveHint: false },
)

export const resume = change(
  'resume',
  'Resume a paused job',
  'Puts a paused job back into the queue. It continues from its last checkpoint and ends with the same bits as without the pause.',
  { destructiveHint: false },
)
