import type { JobRequest } from '@thresher/client'
import { describeJob, factsOf, nextStep } from '../job-facts.ts'
import { defineTool } from '../tool.ts'
import { JOB } from './plan.ts'

export const submit = defineTool<{ job: JobRequest; idempotencyKey?: string }>({
  name: 'submit',
  title: 'Submit a training job',
  description:
    'Submits a job, which then trains on a worker and uses its time. Returns at once with the id of the job; `watch` waits for its progress.',
  scope: 'submit',
  effects: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  input: schemas => ({
    properties: {
      job: schemas.component('JobRequest', JOB),
      idempotencyKey: {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        description:
          'Any text. A repeated call with the same text and the same job within 24 hours returns the job of the first call.',
      },
    },
    required: ['job'],
  }),
  async run({ job: request, idempotencyKey }, { thresher, signal }) {
    const job = await thresher.jobs.create(request, { idempotencyKey, signal })
    return { text: `${describeJob(job)}\n${nextStep(job)}`, data: factsOf(job, thresher) }
  },
})
