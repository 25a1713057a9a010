import type { Failure } from '#domain/event.ts'
import { RefusedEvent } from '#domain/job.ts'
import { type Decision, finish, loseAttempt } from '#domain/job-decisions.ts'

/** The reason for stopping a job before its runner has finished; `superseded` if another worker has the job now. */
export type StopReason = 'cancelled' | 'paused' | 'timed_out' | 'shutdown' | 'superseded'

const TIMED_OUT: Failure = {
  code: 'timed_out',
  message: 'The job ran longer than its maxRuntimeSeconds.',
  retryable: false,
}

/** A request to stop a supervised job; only the first one counts. */
export class StopRequest {
  readonly #controller = new AbortController()
  #reason: StopReason | undefined

  make(reason: StopReason): void {
    this.#reason ??= reason
    this.#controller.abort()
  }

  /** Undefined until a request is made. */
  get reason(): StopReason | undefined {
    return this.#reason
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Whether the job will be continued, so that its runner has to write a checkpoint before it ends. */
  get keepsProgress(): boolean {
    return this.#reason === 'paused' || this.#reason === 'shutdown'
  }

  /** The outcome of the attempt that was stopped; undefined if none was. @throws RefusedEvent if it was superseded */
  get conclusion(): Decision | undefined {
    switch (this.#reason) {
      case undefined:
        return undefined
      case 'superseded':
        throw new RefusedEvent('another worker has the job now')
      case 'timed_out':
        return finish({ type: 'failed', error: TIMED_OUT })
      default:
        return loseAttempt('shutdown')
    }
  }
}
