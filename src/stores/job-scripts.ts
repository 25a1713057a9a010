import type { Redis } from 'ioredis'

// A client whose connection breaks before the answer sends its script again, so each of them may run twice.

/** KEYS: job, idempotency record, indexes... ARGV: state, idempotency record or '', its seconds, members of the indexes... */
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
 * KEYS: job, events, indexes to leave..., indexes to join... ARGV: state before, state after, channel, indexes to leave, members of
 * the indexes..., (seq, event)...
 */
const COMMIT = `
local state = redis.call('HGET', KEYS[1], 'state')
if state == ARGV[2] then return 1 end
if state ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
local leaving = tonumber(ARGV[4])
for i = 3, #KEYS do
  if i - 2 <= leaving then redis.call('ZREM', KEYS[i], ARGV[i + 2]) else redis.call('ZADD', KEYS[i], 0, ARGV[i + 2]) end
end
for i = #KEYS + 3, #ARGV, 2 do
  redis.call('XADD', KEYS[2], ARGV[i] .. '-0', 'event', ARGV[i + 1])
  redis.call('PUBLISH', ARGV[3], ARGV[i + 1])
end
return 1`

/** KEYS: job, indexes... ARGV: state, members of the indexes... */
const INDEX = `
if redis.call('HGET', KEYS[1], 'state') ~= ARGV[1] then return 0 end
for i = 2, #KEYS do redis.call('ZADD', KEYS[i], 0, ARGV[i]) end
return 1`

/** KEYS: job, exports. ARGV: key, artifact. A job that was deleted meanwhile is not to leave anything. */
const RECORD_EXPORT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1`

type Arguments = readonly (string | number)[]

/** The atomic steps of the job store, each one Lua script. */
export const scripts = {
  /** @returns the idempotency record that was there before, in which case nothing was stored */
  async create(redis: Redis, keys: readonly string[], args: Arguments): Promise<string | null> {
    return (await redis.eval(CREATE, keys.length, ...keys, ...args)) as string | null
  },
  /** Joins indexes that older versions did not have. @returns whether the job was still as the caller had read it */
  async index(redis: Redis, keys: readonly string[], args: Arguments): Promise<boolean> {
    return (await redis.eval(INDEX, keys.length, ...keys, ...args)) === 1
  },
  /** @returns whether the job is still there */
  async recordExport(redis: Redis, keys: readonly string[], args: Arguments): Promise<boolean> {
    return (await redis.eval(RECORD_EXPORT, keys.length, ...keys, ...args)) === 1
  },
  /** @returns whether the job was still as it was when the caller decided */
  async commit(redis: Redis, keys: readonly string[], args: Arguments): Promise<boolean> {
    return (await redis.eval(COMMIT, keys.length, ...keys, ...args)) === 1
  },
}
