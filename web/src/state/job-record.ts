import type { EpochMetrics, Job, JobEvent, JobFrame, JobProgress } from '@thresher/client'
import { isActive } from './job-status.ts'

/** Everything that the stream of a job has said. */
export interface JobRecord {
  job?: Job
  /** In the order of the epochs; an epoch that was repeated after a restart has its newest metrics. */
  epochs: readonly EpochMetrics[]
  /** All events that were not trimmed, oldest first. */
  events: readonly JobEvent[]
  /** Within the present epoch. */
  progress?: JobProgress | undefined
  /** Whether events were trimmed from a long history, so that epochs must be read elsewhere. */
  hasGap: boolean
}

export const EMPTY_RECORD: JobRecord = { epochs: [], events: [], hasGap: false }

/** The record after more frames. */
export function foldFrames(record: JobRecord, frames: readonly JobFrame[]): JobRecord {
  const next = { ...record }
  const events: JobEvent[] = []
  const epochs: EpochMetrics[] = []
  for (const frame of frames)
    if (frame.type === 'snapshot') next.job = frame.job
    else if (frame.type === 'progress') next.progress = frame
    else if (frame.type === 'gap') next.hasGap = true
    else if (frame.type !== 'end') {
      events.push(frame)
      if (frame.type === 'epoch') epochs.push(frame.data)
      next.progress = undefined
    }
  const last = epochs.at(-1)
  if (last && next.job) next.job = withEpoch(next.job, last)
  if (events.length > 0) next.events = [...record.events, ...events]
  if (epochs.length > 0) next.epochs = mergeEpochs(record.epochs, epochs)
  return next
}

/** The job after an epoch; unchanged by an epoch that it knows already, such as those of its history. */
function withEpoch(job: Job, metrics: EpochMetrics): Job {
  if (!isActive(job.status) || metrics.epoch <= job.progress.epoch) return job
  const fraction = Math.max(job.progress.fraction, metrics.epoch / metrics.epochs)
  return { ...job, metrics, progress: { ...job.progress, epoch: metrics.epoch, fraction } }
}

/** Epochs in their order; `newer` replaces what it repeats. */
export function mergeEpochs(older: readonly EpochMetrics[], newer: readonly EpochMetrics[]): EpochMetrics[] {
  const byEpoch = new Map<number, EpochMetrics>()
  for (const epoch of [...older, ...newer]) byEpoch.set(epoch.epoch, epoch)
  return [...byEpoch.values()].sort((first, second) => first.epoch - second.epoch)
}
