import { setTimeout as pause } from 'node:timers/promises'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/**
 * Repeats what a store or the machine could not do for the moment, less and less often.
 * @param isAnswer whether an error is final
 * @param seconds after which the last error is thrown
 */
export async function retryUntilAnswered<T>(
  work: () => Promise<T>,
  isAnswer: (error: unknown) => boolean,
  seconds: number,
): Promise<T> {
  const until = Date.now() + seconds * 1000
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await work()
    } catch (error) {
      if (isAnswer(error) || Date.now() + pauseMs > until) throw error
      await pause(pauseMs, undefined, { ref: false })
    }
  }
}
