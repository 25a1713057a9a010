import type { Redis } from 'ioredis'
import type { JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { encodeArchive } from './history-archive.ts'
import { redisKeys } from './redis-keys.ts'

/** The events that a change of a job removes from its history. */
export interface Trim {
  /** The seq of the last one. */
  to: number
  /** Their epochs, for the archive; undefined if there are none. */
  archived: string | undefined
}

/** A share of the history is trimmed at a time, so that most changes trim nothing. */
const SHARE = 0.01
/** A history of an earlier version may be much longer than the limit. */
const MOST_AT_ONCE = 1_000

/**
 * Reads the oldest events of a job that has more than `limit`. Event 1 does not count, because it is not stored.
 * @param job after the change, and thus with its new events, which are never trimmed
 */
export async function planTrim(redis: Redis, job: Job, limit: number): Promise<Trim | undefined> {
  const { id, lastSeq, trimmedSeq = 1 } = job
  const excess = lastSeq - trimmedSeq - limit
  if (excess <= 0) return undefined
  const to = trimmedSeq + Math.min(excess + Math.floor(SHARE * limit), MOST_AT_ONCE)
  const entries = await redis.xrange(redisKeys.events(id), '-', `${to}-0`)
  const trimmed = entries.map(([, fields]): JobEvent => JSON.parse(fields[1]!))
  return { to, archived: encodeArchive(trimmed) }
}
