import { pause } from './pause.ts'
import { mayPass, pauseMs } from './retry.ts'

const ATTEMPTS = 6

/**
 * Repeats an attempt that receives a part of a file before its connection breaks.
 *
 * @param received the number of bytes that have arrived so far
 * @throws the last error after six attempts in a row that received nothing; the reason of the signal
 */
export async function continuing<T>(
  attempt: () => Promise<T>,
  received: () => number | Promise<number>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let failures = 0; ; ) {
    const before = await received()
    try {
      return await attempt()
    } catch (error) {
      signal?.throwIfAborted()
      if (!mayPass(error)) throw error
      failures = (await received()) > before ? 0 : failures + 1
      if (failures === ATTEMPTS) throw error
      await pause(pauseMs(error, failures), signal)
    }
  }
}
