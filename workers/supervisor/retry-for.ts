import { setTimeout as pause } from 'node:timers/promises'

const FIRST_MS = 1_000
const LONGEST_MS = 30_000

/**
 * Repeats what a job cannot do without, such as storing its last checkpoint, for as long as it takes: a full disk is seen to, and
 * a store that is away comes back.
 * @param onFirstFailure is told once, before the first wait
 * @param signal ends the wait
 * @throws the last error when the signal says so or when `isFinal` says that trying again is no use
 */
export async function keepTrying<T>(
  work: () => Promise<T>,
  options: {
    signal: AbortSignal
    isFinal: (error: Error) => boolean
    onFirstFailure: (error: Error) => Promise<void>
  },
): Promise<T> {
  const { signal, isFinal, onFirstFailure } = options
  for (let failures = 0; ; failures++) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || isFinal(error as Error)) throw error
      if (failures === 0) await onFirstFailure(error as Error)
      await pause(Math.min(LONGEST_MS, FIRST_MS * 2 ** failures), undefined, { signal }).catch(() => {})
      if (signal.aborted) throw error
    }
  }
}
