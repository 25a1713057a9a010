import type { JsonSchema } from './schemas.ts'

/** Less than the minute after which most clients give up a call. */
const DEFAULT_SECONDS = 45
const MOST_SECONDS = 600

/** The input of the tools that wait. */
export const WAIT_SECONDS: JsonSchema = {
  type: 'integer',
  minimum: 1,
  maximum: MOST_SECONDS,
  default: DEFAULT_SECONDS,
  description: `The most seconds to wait. Many clients give up a call after a minute.`,
}

/** Waits for `work`, for a number of seconds at most. @throws what `work` throws, and the reason of `signal` */
export async function within(
  seconds: number = DEFAULT_SECONDS,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = AbortSignal.timeout(seconds * 1000)
  try {
    await work(AbortSignal.any([signal, limit]))
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error
  }
}
