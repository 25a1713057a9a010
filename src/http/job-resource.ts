import { z } from 'zod'
import type { ProgressFrame } from '#domain/event.ts'
import { epochToGoOnFrom, isTerminal, Job } from '#domain/job.ts'
import { epochLength } from '#jobs/plan-job.ts'
import type { Stores } from '#stores/connect.ts'

const Progress = z.object({
  epoch: z.int().describe('Epochs completed.'),
  epochs: z.int(),
  step: z.int().describe('Steps taken over the whole job.'),
  stepsPerEpoch: z.int(),
  fraction: z.number(),
  etaSeconds: z.number().optional(),
})

/** A job as a client sees it. */
export const JobResource = Job.extend({
  progress: Progress,
  queuePosition: z.int().optional(),
  labels: z.record(z.string(), z.string()),
  priority: z.int(),
  links: z.record(z.string(), z.string()),
}).meta({ id: 'Job' })
export type JobResource = z.infer<typeof JobResource>

/** The job with what only the moment knows: how far it is, and where it waits. */
export async function describeJob(
  job: Job,
  { events, queue }: Pick<Stores, 'events' | 'queue'>,
): Promise<JobResource> {
  const frame = isTerminal(job.status) ? undefined : await events.lastProgress(job.id)
  const queuePosition = job.status === 'queued' ? await queue.position(job.id) : undefined
  return { ...jobResource(job, frame), ...(queuePosition !== undefined && { queuePosition }) }
}

/** The part that follows from the job alone. */
export function jobResource(job: Job, frame?: ProgressFrame): JobResource {
  const { lastSeq: _, artifacts: __, checkpoints: ___, ranMs: ____, runningSince: _____, ...visible } = job
  return {
    ...visible,
    progress: progressOf(job, frame),
    labels: job.spec.labels,
    priority: job.spec.priority,
    links: linksOf(job.id),
  }
}

function progressOf(job: Job, frame?: ProgressFrame): JobResource['progress'] {
  const { spec, metrics, attempt, status } = job
  const { epochs } = spec
  const { stepsPerEpoch } = epochLength(spec)
  const current = frame?.attempt === attempt && frame.epoch !== metrics?.epoch ? frame : undefined
  const epoch = current ? current.epoch - 1 : (metrics?.epoch ?? epochToGoOnFrom(job))
  const step = epoch * stepsPerEpoch + (current?.step ?? 0)
  const fraction = step / (epochs * stepsPerEpoch)
  const examplesPerSecond = current?.examplesPerSecond ?? metrics?.examplesPerSecond
  const remaining = (epochs * stepsPerEpoch - step) * spec.batchSize
  const etaSeconds = status === 'running' && examplesPerSecond ? remaining / examplesPerSecond : undefined
  return { epoch, epochs, step, stepsPerEpoch, fraction, ...(etaSeconds !== undefined && { etaSeconds }) }
}

function linksOf(jobId: string): Record<string, string> {
  const self = `/v1/jobs/${jobId}`
  const parts = ['events', 'stream', 'metrics', 'layers', 'checkpoints', 'artifacts']
  return { self, ...Object.fromEntries(parts.map(part => [part, `${self}/${part}`])) }
}
