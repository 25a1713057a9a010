import { AnswerError, ConnectionError, LimitError, ServiceError, type ThresherError } from './errors.ts'
import { pause } from './pause.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
/** A caller rather gets the error than waits longer than this. */
const LONGEST_RETRY_AFTER_MS = 60_000
/** Where a caller waits for as long as it takes, a service that asks for more is asked again after this time. */
const LONGEST_WAIT_MS = 300_000

export interface RetryOptions {
  retries: number
  signal?: AbortSignal | undefined
}

/** Repeats an attempt that fails for a reason that may pass. @throws the last error; the reason of the signal */
export async function retry<T>(attempt: () => Promise<T>, { retries, signal }: RetryOptions): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await attempt()
    } catch (error) {
      if (failures >= retries || !isTransient(error)) throw error
      const waitMs = retryAfterMs(error) ?? backOffMs(failures)
      if (waitMs > LONGEST_RETRY_AFTER_MS) throw error
      failures++
      await pause(waitMs, signal)
    }
  }
}

/** Whether the same request may succeed later without a change. */
function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  if (!(error instanceof AnswerError)) return false
  if (error.code === 'quota_exceeded') return error.retryAfterMs !== undefined
  return [429, 502, 503, 504].includes(error.status)
}

/** Whether it is worth trying again for as long as it takes. An answer that refuses the request will not change. */
export function mayPass(error: unknown): error is ThresherError {
  return error instanceof ConnectionError || error instanceof LimitError || error instanceof ServiceError
}

/** Exponential with jitter, so that clients of a restarted service do not return at the same moment. @param failures from 0 */
function backOffMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2)
}

function retryAfterMs(error: unknown): number | undefined {
  return error instanceof AnswerError ? error.retryAfterMs : undefined
}

/** Milliseconds until the next attempt of a caller that waits for as long as it takes. @param failures from 0 */
export function pauseMs(error: unknown, failures: number): number {
  return Math.min(retryAfterMs(error) ?? backOffMs(failures), LONGEST_WAIT_MS)
}
