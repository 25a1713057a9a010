import { AppError } from './error.ts'
import type { Failure, NewEvent, Warning, WorkerRef } from './event.ts'
import { epochToGoOnFrom, type Job, RefusedEvent } from './job.ts'

/** The events that follow from somebody wanting something of a job; none where it is already so. */
export type Decision = (job: Job) => readonly NewEvent[]

/** A client wants the job to end. @throws AppError `conflict` when it has ended otherwise */
export const cancel: Decision = job => {
  const { attempt } = job
  switch (job.status) {
    case 'queued':
    case 'paused':
      return [{ type: 'cancelled', attempt, data: {} }]
    case 'running':
    case 'restarting':
    case 'pausing':
      return [{ type: 'cancelling', attempt, data: {} }]
    case 'cancelling':
    case 'cancelled':
      return []
    default:
      throw new AppError(
        'conflict',
        `The job has ${job.status}; only a job that is not over can be cancelled.`,
      )
  }
}

/** A client wants the job to stop for now. @throws AppError `conflict` when it is over or to be cancelled */
export const pause: Decision = ({ status, attempt }) => {
  switch (status) {
    case 'queued':
      return [{ type: 'paused', attempt, data: {} }]
    case 'running':
    case 'restarting':
      return [{ type: 'pausing', attempt, data: {} }]
    case 'pausing':
    case 'paused':
      return []
    default:
      throw new AppError('conflict', `The job is ${status}; only one that waits or runs can be paused.`)
  }
}

/** A client wants a paused job to go on. @throws AppError `conflict` when it is neither paused nor on its way */
export const resume: Decision = ({ status, attempt }) => {
  switch (status) {
    case 'paused':
      return [{ type: 'resumed', attempt, data: {} }]
    case 'queued':
    case 'running':
    case 'restarting':
      return []
    default:
      throw new AppError('conflict', `The job is ${status}; only a paused job can be resumed.`)
  }
}

/**
 * A worker takes the job from the queue. A job that still runs under an attempt nobody renews is taken over: its restart
 * is told first. Nothing follows for a job that is over, and a cancelled one is not begun.
 */
export const begin =
  (worker: WorkerRef): Decision =>
  job => {
    const started: NewEvent = { type: 'started', attempt: job.attempt + 1, data: { worker } }
    switch (job.status) {
      case 'queued':
      case 'restarting':
        return [started]
      case 'running': {
        const restarted = loseAttempt('worker_lost')(job)
        return restarted[0]?.type === 'restarted' ? [...restarted, started] : restarted
      }
      case 'cancelling':
        return [{ type: 'cancelled', attempt: job.attempt, data: {} }]
      case 'pausing':
        return [{ type: 'paused', attempt: job.attempt, data: {} }]
      default:
        return []
    }
  }

/**
 * A worker that took the job from the queue does not have enough memory for it: the job waits for another worker, or fails with
 * the error if there is none.
 */
export const turnAway =
  (error?: Failure): Decision =>
  job => {
    switch (job.status) {
      case 'queued':
      case 'restarting':
        return error ? [{ type: 'failed', attempt: job.attempt, data: { error } }] : []
      case 'running':
      case 'cancelling':
      case 'pausing':
        return loseAttempt('worker_lost')(job)
      default:
        return []
    }
  }

/**
 * The current attempt's process is gone. The job goes on from its last checkpoint, unless it was to end or to pause, or has
 * lost too many.
 */
export const loseAttempt =
  (reason: 'shutdown' | 'worker_lost' | 'runner_lost', detail = ''): Decision =>
  job => {
    const { attempt } = job
    if (job.status === 'cancelling') return [{ type: 'cancelled', attempt, data: {} }]
    if (job.status === 'pausing') return [{ type: 'paused', attempt, data: {} }]
    if (reason !== 'shutdown' && job.restarts >= job.spec.maxRestarts) {
      const message = `The training process was lost ${job.restarts + 1} times; maxRestarts is ${job.spec.maxRestarts}.${detail}`
      const error: Failure = { code: 'worker_lost', message, retryable: true }
      return [{ type: 'failed', attempt, data: { error } }]
    }
    return [{ type: 'restarted', attempt, data: { reason, fromEpoch: epochToGoOnFrom(job) } }]
  }

/** Adds a warning to the job's history, unless it is there. */
export const warn =
  (warning: Warning): Decision =>
  ({ attempt, warnings }) =>
    warnings.some(
      ({ code, path, message }) =>
        code === warning.code && path === warning.path && message === warning.message,
    )
      ? []
      : [{ type: 'warning', attempt, data: warning }]

type Outcome = { peakMemoryBytes?: number } & ({ type: 'succeeded' } | { type: 'failed'; error: Failure })

/** The training is over by itself; a client who asked to cancel it meanwhile has the last word. */
export const finish =
  ({ type, ...outcome }: Outcome): Decision =>
  ({ status, attempt }) => {
    if (status === 'cancelling') return [{ type: 'cancelled', attempt, data: {} }]
    if (!('error' in outcome)) return [{ type: 'succeeded', attempt, data: outcome }]
    return [{ type: 'failed', attempt, data: outcome }]
  }

/** A decision that only the process of one attempt may make. @throws RefusedEvent when another attempt has begun */
export const inAttempt =
  (attempt: number, decide: Decision): Decision =>
  job => {
    if (job.attempt === attempt) return decide(job)
    throw new RefusedEvent(`attempt ${attempt} decided for attempt ${job.attempt}`)
  }
