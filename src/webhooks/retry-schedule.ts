/** 5 s, 5 min, 30 min, 2 h, 5 h, 8 h and 8 h: the last attempt is made within a day of the first. */
const RETRY_DELAYS_SECONDS: readonly number[] = [5, 300, 1_800, 7_200, 18_000, 28_800, 28_800]

/** A delay is shortened by up to this share, so that deliveries that failed together are not repeated together. */
const JITTER = 0.1

/** The longest delay that a receiver may ask for. The schedule has none that is longer. */
const LONGEST_SECONDS = Math.max(...RETRY_DELAYS_SECONDS)

/**
 * The delay before the next attempt, in milliseconds; undefined after the last one. It is at least the one that the receiver asked for, up to
 * 8 h.
 * @param failures attempts that have failed, at least 1
 * @param random between 0 and 1
 * @param retryAfterSeconds the `Retry-After` of the receiver's answer
 */
export function retryDelayMs(failures: number, random: number, retryAfterSeconds = 0): number | undefined {
  const seconds = RETRY_DELAYS_SECONDS[failures - 1]
  if (seconds === undefined) return undefined
  const scheduled = seconds * (1 - JITTER * random)
  return Math.round(1000 * Math.max(scheduled, Math.min(retryAfterSeconds, LONGEST_SECONDS)))
}

/**
 * The seconds that the field `Retry-After` of an answer asks to wait (RFC 9110, section 10.2.3): a number of seconds, or a date.
 * @returns undefined if the field is absent, is not valid, or names no later time
 */
export function retryAfterSeconds(field: string | undefined, now: Date): number | undefined {
  if (field === undefined) return undefined
  const seconds = /^\d+$/.test(field) ? Number(field) : (Date.parse(field) - now.getTime()) / 1000
  // Beyond the largest number JSON would store null.
  return seconds > 0 ? Math.min(seconds, Number.MAX_VALUE) : undefined
}
