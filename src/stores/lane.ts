import { tenantOf } from '#access/owner.ts'
import { isTerminal, type Job, type JobStatus } from '#domain/job.ts'
import { keyOf } from '#usage/usage-counters.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'

/** Larger than any time in milliseconds until 2109, and small enough for exact scores at priority 99. */
const PRIORITY_SCALE = 2 ** 42

/** Where a job waits: the jobs of one key of a tenant wait in one lane, in the order of their scores. */
export interface Lane {
  tenant: string
  name: string
}

export function laneOf(job: Pick<Job, 'tenant' | 'keyId'>): Lane {
  return { tenant: tenantOf(job), name: keyOf(job) }
}

/** The smallest score is next: by priority, then by the time of submission. */
export function laneScore({ spec, createdAt }: Pick<Job, 'spec' | 'createdAt'>): number {
  return spec.priority * PRIORITY_SCALE + Date.parse(createdAt)
}

/** The scores of a lower priority are not below this. */
export function scoreAfterPriority(priority: number): number {
  return (priority + 1) * PRIORITY_SCALE
}

/** The keys that every script which moves a job between waiting and released needs, in the order of `LANE_KEYS`. */
export function laneKeys(lane: Lane): string[] {
  const of = tenantKeys(lane.tenant)
  return [
    of.waiting(lane.name),
    of.lanes,
    redisKeys.shares,
    redisKeys.passes,
    redisKeys.released,
    of.released,
    of.releasedOf(lane.name),
  ]
}

/**
 * Lua functions over the keys of `laneKeys`, from `KEYS[first]` on.
 *
 * A tenant with waiting jobs is in `shares` with its pass; the smallest pass is served next, and serving adds 1 / weight to it (stride
 * scheduling: Waldspurger and Weihl, MIT-LCS-TM-528, 1995). A tenant that returns gets at least the pass of the tenant that was served
 * last, so time without jobs earns nothing.
 */
export const LANE_FUNCTIONS = `
local function wait(first, id, score, tenant, lane)
  redis.call('ZADD', KEYS[first], score, id)
  redis.call('SADD', KEYS[first + 1], lane)
  if not redis.call('ZSCORE', KEYS[first + 2], tenant) then
    local own = tonumber(redis.call('HGET', KEYS[first + 3], tenant) or '0')
    local last = tonumber(redis.call('HGET', KEYS[first + 3], '*') or '0')
    redis.call('ZADD', KEYS[first + 2], math.max(own, last), tenant)
  end
end
local function stopWaiting(first, id, tenant, lane)
  if redis.call('ZREM', KEYS[first], id) == 0 or redis.call('EXISTS', KEYS[first]) == 1 then return end
  redis.call('SREM', KEYS[first + 1], lane)
  if redis.call('EXISTS', KEYS[first + 1]) == 0 then redis.call('ZREM', KEYS[first + 2], tenant) end
end
local function release(first, id, now)
  for i = 4, 6 do redis.call('ZADD', KEYS[first + i], 'NX', now, id) end
end
local function endRelease(first, id)
  for i = 4, 6 do redis.call('ZREM', KEYS[first + i], id) end
end
`

/** How a job moves between the lanes and the jobs that are released to workers. */
export type LaneMove = 'wait' | 'release' | 'leave' | 'rescore' | 'none'

export function laneMove(before: Job, after: Job): LaneMove {
  const [from, to] = [placeOf(before.status), placeOf(after.status)]
  if (from !== to) return to === 'waiting' ? 'wait' : to === 'released' ? 'release' : 'leave'
  return to === 'waiting' && laneScore(before) !== laneScore(after) ? 'rescore' : 'none'
}

/** A queued job may also be released, until a worker begins it. */
function placeOf(status: JobStatus): 'waiting' | 'released' | 'none' {
  if (status === 'queued') return 'waiting'
  return status === 'paused' || isTerminal(status) ? 'none' : 'released'
}
