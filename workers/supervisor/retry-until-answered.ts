import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '#domain/error.ts'
import { RefusedEvent } from '#domain/job.ts'

const RETRY_MS = 1_000

/**
 * Repeats a write to the job store until it is answered: while Redis is away, a training goes on and its news waits.
 * @param isInVain says that nobody needs the answer any more; then the error is thrown
 * @throws RefusedEvent and AppError at once, since they are answers
 */
export async function insist<T>(write: () => Promise<T>, isInVain: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (error instanceof RefusedEvent || error instanceof AppError || isInVain()) throw error
      await pause(RETRY_MS)
    }
  }
}
