/** 5 s, 5 min, 30 min, 2 h, 5 h, 8 h and 8 h: the last attempt is made within a day of the first. */
const RETRY_DELAYS_SECONDS: readonly number[] = [5, 300, 1_800, 7_200, 18_000, 28_800, 28_800]

/** A delay is shortened by up to this share, so that deliveries that failed together are not repeated together. */
const JITTER = 0.1

/**
 * The delay before the next attempt, in milliseconds; undefined after the last one.
 * @param failures attempts that have failed, at least 1
 * @param random between 0 and 1
 */
export function retryDelayMs(failures: number, random: number): number | undefined {
  const seconds = RETRY_DELAYS_SECONDS[failures - 1]
  return seconds === undefined ? undefined : Math.round(1000 * seconds * (1 - JITTER * random))
}
