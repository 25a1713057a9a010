import type { ProgressFrame } from '#domain/event.ts'
import { epochToResumeFrom, isTerminal, type Job } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'
import { epochLength } from './plan-job.ts'

/** How far a job is. */
export interface JobProgress {
  /** Completed epochs. */
  epoch: number
  epochs: number
  /** Steps over the whole job. */
  step: number
  stepsPerEpoch: number
  /** 0..1 */
  fraction: number
  /** While the job runs and its speed is known. */
  etaSeconds?: number
}

/** What changes between the events of a job. */
export interface LiveProgress {
  progress: JobProgress
  /** While the job is queued; 1 is next. */
  queuePosition?: number
}

/** How far the job is inside its epoch, and its place in the queue. */
export async function liveProgress(
  job: Job,
  { events, queue }: Pick<Stores, 'events' | 'queue'>,
): Promise<LiveProgress> {
  const frame = isTerminal(job.status) ? undefined : await events.lastProgress(job.id)
  const queuePosition = job.status === 'queued' ? await queue.position(job.id) : undefined
  return { progress: progressOf(job, frame), ...(queuePosition !== undefined && { queuePosition }) }
}

/** @param frame the last news from inside an epoch; ignored if it is of another attempt or an epoch that is complete */
export function progressOf(job: Job, frame?: ProgressFrame): JobProgress {
  const { spec, metrics, attempt, status } = job
  const { epochs } = spec
  const { stepsPerEpoch } = epochLength(spec)
  const current = frame?.attempt === attempt && frame.epoch !== metrics?.epoch ? frame : undefined
  const epoch = current ? current.epoch - 1 : (metrics?.epoch ?? epochToResumeFrom(job))
  const step = epoch * stepsPerEpoch + (current?.step ?? 0)
  // Early stopping leaves epochs that will never be trained.
  const fraction = status === 'succeeded' ? 1 : step / (epochs * stepsPerEpoch)
  const examplesPerSecond = current?.examplesPerSecond ?? metrics?.examplesPerSecond
  const remaining = (epochs * stepsPerEpoch - step) * spec.batchSize
  const etaSeconds = status === 'running' && examplesPerSecond ? remaining / examplesPerSecond : undefined
  return { epoch, epochs, step, stepsPerEpoch, fraction, ...(etaSeconds !== undefined && { etaSeconds }) }
}
