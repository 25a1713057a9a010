import { z } from 'zod'
import { MeasuringProgress } from '#domain/event.ts'
import { Job } from '#domain/job.ts'
import { HeldBack } from '#jobs/held-back.ts'
import { type LiveProgress, liveProgress, progressOf } from '#jobs/job-progress.ts'
import { type PositionStores, QueuePositions } from '#jobs/queue-positions.ts'
import type { Stores } from '#stores/connect.ts'
import { shownFields } from './shown-fields.ts'

const Progress = z.object({
  epoch: z.int().describe('Completed epochs.'),
  epochs: z.int(),
  step: z.int().describe('Completed steps over the whole job.'),
  stepsPerEpoch: z.int(),
  fraction: z.number(),
  etaSeconds: z.number().optional(),
  tradeoff: MeasuringProgress.optional(),
})

/** The fields of a stored job that clients see, in every answer, list and frame. */
const Shown = Job.pick({
  id: true,
  name: true,
  status: true,
  spec: true,
  clonedFrom: true,
  continuedFrom: true,
  sweepId: true,
  attempt: true,
  restarts: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
  metrics: true,
  best: true,
  warnings: true,
  error: true,
  worker: true,
  reason: true,
  resumesAt: true,
  keyId: true,
  modelEpoch: true,
  peakMemoryBytes: true,
  latency: true,
  expired: true,
})

/** A job as clients see it. */
export const JobResource = Shown.extend({
  progress: Progress,
  queuePosition: z
    .int()
    .optional()
    .describe('While the job is queued: its place among the jobs of all tenants, by fair share; 1 is next.'),
  estimatedStartAt: z.iso
    .datetime()
    .optional()
    .describe('While the job is queued: estimated from the running times of the last jobs.'),
  waitsFor: HeldBack.optional().describe('While the job is queued: the quota that holds it back.'),
  labels: z.record(z.string(), z.string()),
  priority: z.int(),
  links: z.record(z.string(), z.string()),
}).meta({ id: 'Job' })
export type JobResource = z.infer<typeof JobResource>

/**
 * The job with its progress inside the current epoch and its place in the queue.
 * @param positions those of one answer share what they read
 */
export async function describeJob(
  job: Job,
  stores: PositionStores & Pick<Stores, 'events'>,
  positions = new QueuePositions(stores),
): Promise<JobResource> {
  return jobResource(job, await liveProgress(job, stores, positions))
}

/** @param live absent: the progress is that of the last completed epoch */
export function jobResource(job: Job, live: LiveProgress = { progress: progressOf(job) }): JobResource {
  return {
    ...shownFields(Shown, job),
    ...live,
    labels: job.spec.labels,
    priority: job.spec.priority,
    links: linksOf(job.id),
  }
}

function linksOf(jobId: string): Record<string, string> {
  const self = `/v1/jobs/${jobId}`
  const parts = ['events', 'stream', 'metrics', 'layers', 'checkpoints', 'artifacts']
  return { self, ...Object.fromEntries(parts.map(part => [part, `${self}/${part}`])) }
}
