import { ProgressFrame } from '#domain/event.ts'
import { epochToResumeFrom, isTerminal, type Job } from '#domain/job.ts'
import { totalEpochs } from '#domain/phases.ts'
import { epochLength } from '#forecast/epoch-length.ts'
import type { Stores } from '#stores/connect.ts'
import type { HeldBack } from './held-back.ts'
import type { QueuePositions } from './queue-positions.ts'

/** The progress of a job. */
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
  /** While the job measures its trade-off, after the last epoch. */
  tradeoff?: { done: number; total: number }
}

/** The facts about a job that change between its events. */
export interface LiveProgress {
  progress: JobProgress
  /** While the job is queued; 1 is next. */
  queuePosition?: number
  estimatedStartAt?: string
  /** While a quota holds the job back. */
  waitsFor?: HeldBack
}

/** The progress of the job within its epoch, and its position in the queue. */
export async function liveProgress(
  job: Job,
  { events }: Pick<Stores, 'events'>,
  positions: QueuePositions,
): Promise<LiveProgress> {
  const frame = isTerminal(job.status) ? undefined : await events.lastProgress(job.id, ProgressFrame)
  return { progress: progressOf(job, frame), ...(await positions.of(job)) }
}

/** @param frame the last progress frame; ignored if it belongs to another attempt or to a completed epoch */
export function progressOf(job: Job, frame?: ProgressFrame): JobProgress {
  const { spec, metrics, attempt, status } = job
  // Fine-tuning starts sooner if early stopping ends the phase before it.
  const epochs = metrics?.phase === 'fineTune' ? metrics.epochs : totalEpochs(spec)
  const { stepsPerEpoch } = epochLength(spec)
  const own = frame?.attempt === attempt ? frame : undefined
  const current = own?.epoch === metrics?.epoch ? undefined : own
  const epoch = current ? current.epoch - 1 : (metrics?.epoch ?? epochToResumeFrom(job))
  const reported = epoch * stepsPerEpoch + (current?.step ?? 0)
  // A job that is interrupted within an epoch makes a checkpoint after its last frame.
  const step = Math.max(reported, job.checkpoints.at(-1)?.step ?? 0)
  // Early stopping leaves epochs that will never be trained.
  const fraction = status === 'succeeded' ? 1 : step / (epochs * stepsPerEpoch)
  const examplesPerSecond = current?.examplesPerSecond ?? metrics?.examplesPerSecond
  const remaining = (epochs * stepsPerEpoch - step) * spec.batchSize
  const etaSeconds = status === 'running' && examplesPerSecond ? remaining / examplesPerSecond : undefined
  const tradeoff = status === 'running' ? own?.tradeoff : undefined
  return {
    epoch,
    epochs,
    step,
    stepsPerEpoch,
    fraction,
    ...(etaSeconds !== undefined && { etaSeconds }),
    ...(tradeoff && { tradeoff }),
  }
}
