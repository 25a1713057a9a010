import { AnswerError, type ThresherError } from '@thresher/client'

/** A restart of the service takes seconds: what it answers this often in a row will not pass. */
const MOST_FAULTS = 5
const LONGEST_WAIT_MS = 10 * 60_000
/** The service restarts, or asks for a pause. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Decides when a watcher gives up. A service that does not answer may return; one that answers with faults, or names a distant time, will not. */
export class Patience {
  #faults = 0

  answered(): void {
    this.#faults = 0
  }

  /** @throws the error, if it will not pass */
  interrupted(error: ThresherError): void {
    if (!(error instanceof AnswerError)) return
    if ((error.retryAfterMs ?? 0) > LONGEST_WAIT_MS) throw error
    if (!PASSING.has(error.status) && ++this.#faults >= MOST_FAULTS) throw error
  }
}
