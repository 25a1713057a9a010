import { setTimeout as pause } from 'node:timers/promises'

const RETRY_MS = 5_000
const ATTEMPTS = 12

/**
 * Repeats what stores a file that a job cannot do without, for a minute: a full disk may be seen to.
 * @param onFirstFailure is told once
 * @param isInVain says that nobody needs it any more
 * @throws the last error
 */
export async function keepTrying<T>(
  store: () => Promise<T>,
  onFirstFailure: (error: Error) => Promise<void>,
  isInVain: () => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store()
    } catch (error) {
      if (attempt === ATTEMPTS || isInVain()) throw error
      if (attempt === 1) await onFirstFailure(error as Error)
      await pause(RETRY_MS)
    }
  }
}
