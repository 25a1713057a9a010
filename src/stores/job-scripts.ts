import type { Redis } from 'ioredis'
import type { JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { type IndexEntry, indexChanges, indexEntries } from './index-entries.ts'
import { redisKeys } from './redis-keys.ts'

// A client whose connection breaks before the answer sends its script again, so each script may run twice.

/** A record that is stored together with a job, once, and expires. */
export interface ExpiringRecord {
  key: string
  text: string
  seconds: number
}

/** KEYS: job, record, indexes... ARGV: state, record or '', its seconds, members of the indexes... */
const CREATE = `
if ARGV[2] ~= '' then
  local found = redis.call('GET', KEYS[2])
  if found then return found end
  redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
end
if redis.call('HSETNX', KEYS[1], 'state', ARGV[1]) == 0 then return false end
for i = 3, #KEYS do redis.call('ZADD', KEYS[i], 0, ARGV[i + 1]) end
return false`

/**
 * KEYS: job, events, indexes to leave..., indexes to join... ARGV: state before, state after, channel, channel of sweeps, sweep or '',
 * number of indexes to leave, members of the indexes..., (seq, event)...
 */
const COMMIT = `
local state = redis.call('HGET', KEYS[1], 'state')
if state == ARGV[2] then return 1 end
if state ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
local leaving = tonumber(ARGV[6])
for i = 3, #KEYS do
  if i - 2 <= leaving then redis.call('ZREM', KEYS[i], ARGV[i + 4]) else redis.call('ZADD', KEYS[i], 0, ARGV[i + 4]) end
end
for i = #KEYS + 5, #ARGV, 2 do
  redis.call('XADD', KEYS[2], ARGV[i] .. '-0', 'event', ARGV[i + 1])
  redis.call('PUBLISH', ARGV[3], ARGV[i + 1])
end
if ARGV[5] ~= '' and #ARGV >= #KEYS + 5 then redis.call('PUBLISH', ARGV[4], ARGV[5]) end
return 1`

/**
 * Stores a job, its index entries and the record, in one atomic step. A job that already exists is not changed.
 * @returns the record that was there before, in which case nothing was stored
 */
export async function createJob(redis: Redis, job: Job, record?: ExpiringRecord): Promise<string | null> {
  const indexes = indexEntries(job)
  const keys = [redisKeys.job(job.id), record?.key ?? '', ...indexes.map(keyOf)]
  const args = [JSON.stringify(job), record?.text ?? '', record?.seconds ?? 0, ...indexes.map(memberOf)]
  return (await redis.eval(CREATE, keys.length, ...keys, ...args)) as string | null
}

/**
 * Replaces a job's state, moves it between the indexes, and appends and publishes its events, in one atomic step. Events wake the sweep of
 * the job.
 * @returns false, and changes nothing, if the stored state was no longer `before`
 */
export async function commitJob(
  redis: Redis,
  before: Job,
  after: Job,
  events: readonly JobEvent[],
): Promise<boolean> {
  const { left, joined } = indexChanges(before, after)
  const changed = [...left, ...joined]
  const keys = [redisKeys.job(after.id), redisKeys.events(after.id), ...changed.map(keyOf)]
  const args = [
    JSON.stringify(before),
    JSON.stringify(after),
    redisKeys.jobChannel(after.id),
    redisKeys.sweepChannel,
    after.sweepId ?? '',
    left.length,
    ...changed.map(memberOf),
    ...events.flatMap(event => [event.seq, JSON.stringify(event)]),
  ]
  return (await redis.eval(COMMIT, keys.length, ...keys, ...args)) === 1
}

const keyOf = ({ key }: IndexEntry) => key
const memberOf = ({ member }: IndexEntry) => member
