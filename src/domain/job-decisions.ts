import type { TimedCuts } from '#optimization/tradeoff.ts'
import { AppError } from './error.ts'
import type { EndReason, Failure, NewEvent, Warning, WorkerRef } from './event.ts'
import { epochToResumeFrom, type Job, nounOf, RefusedEvent } from './job.ts'

/** The events that follow from a request or a report; none if it changes nothing. */
export type Decision = (job: Job) => readonly NewEvent[]

/** A client cancels the job. @throws AppError `conflict` when it has succeeded or failed */
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
        `The ${nounOf(job)} has ${job.status}; only an unfinished one can be cancelled.`,
      )
  }
}

/** A client pauses the job. @throws AppError `conflict` when it is terminal or is being cancelled */
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
      throw new AppError('conflict', `The job is ${status}; only a queued or running job can be paused.`)
  }
}

/** The device seconds of a day are used up: a running job pauses, and continues by itself at a time (ISO 8601). */
export const pauseUntil =
  (resumesAt: string): Decision =>
  ({ status, attempt }) =>
    status === 'running' ? [{ type: 'pausing', attempt, data: { reason: 'quota_exceeded', resumesAt } }] : []

/** A client resumes a paused job. @throws AppError `conflict` when it is not paused, queued, running or restarting */
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
 * A worker takes the job from the queue. If an earlier attempt of the job still counts as running, its worker is lost, and the job restarts
 * first. A terminal or paused job gets no events, and a job that is being cancelled or paused is not started.
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
 * A worker that took the job from the queue does not have enough memory for it. The job waits for another worker, or fails with
 * `error` if no worker has enough.
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
 * The process of the current attempt has ended. The job restarts from its last checkpoint, unless it was being cancelled or paused, or
 * has no restarts left.
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
    return [{ type: 'restarted', attempt, data: { reason, fromEpoch: epochToResumeFrom(job) } }]
  }

/** Adds a warning to the history of the job, unless the job has it already. */
export const warn =
  (warning: Warning): Decision =>
  ({ attempt, warnings }) =>
    warnings.some(
      ({ code, path, message }) =>
        code === warning.code && path === warning.path && message === warning.message,
    )
      ? []
      : [{ type: 'warning', attempt, data: warning }]

type Outcome = { peakMemoryBytes?: number } & (
  | ({ type: 'succeeded'; reason?: EndReason; modelEpoch?: number } & TimedCuts)
  | { type: 'failed'; error: Failure }
)

/** Training has ended. A cancellation that was requested meanwhile takes precedence. */
export const finish =
  ({ type, ...outcome }: Outcome): Decision =>
  ({ status, attempt }) => {
    if (status === 'cancelling') return [{ type: 'cancelled', attempt, data: {} }]
    if (!('error' in outcome)) return [{ type: 'succeeded', attempt, data: outcome }]
    return [{ type: 'failed', attempt, data: outcome }]
  }

/** A decision that only the process of one attempt may make. @throws RefusedEvent when it is not the current attempt */
export const inAttempt =
  (attempt: number, decide: Decision): Decision =>
  job => {
    if (job.attempt === attempt) return decide(job)
    throw new RefusedEvent(`attempt ${attempt} is not the current attempt ${job.attempt}`)
  }
