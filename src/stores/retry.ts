import { setTimeout as pause } from 'node:timers/promises'

export interface RetryOptions {
  /** Whether repeating the work would fail again: the error is then thrown at once. */
  isFinal: (error: Error) => boolean
  /** The last error is thrown after this time. Absent: the work is repeated until it succeeds. */
  seconds?: number
  /** Ends the wait between two attempts; the last error is thrown. */
  signal?: AbortSignal
  longestPauseMs?: number
  /** Awaited once, before the first pause. */
  onFirstFailure?: (error: Error) => Promise<void>
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/** Repeats work that fails because a store or the machine is unavailable; the pause doubles from half a second to `longestPauseMs`. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { isFinal, seconds = Number.POSITIVE_INFINITY, signal, onFirstFailure } = options
  const longestPauseMs = options.longestPauseMs ?? LONGEST_PAUSE_MS
  const until = Date.now() + seconds * 1000
  let pauseMs = Math.min(FIRST_PAUSE_MS, longestPauseMs)
  for (let failures = 0; ; failures++) {
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted || isFinal(error as Error) || Date.now() + pauseMs > until) throw error
      if (failures === 0) await onFirstFailure?.(error as Error)
      // Whether the pause keeps the process alive: that of a training does, that of an upload does not.
      await pause(pauseMs, undefined, { ref: seconds === Number.POSITIVE_INFINITY, signal }).catch(() => {})
      if (signal?.aborted) throw error
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
    }
  }
}
