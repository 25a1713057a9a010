import type { Redis } from 'ioredis'
import type { Job } from '#domain/job.ts'
import { LANE_FUNCTIONS, type Lane, laneKeys, laneOf, laneScore, scoreAfterPriority } from './lane.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'

/** The first job of a lane. */
export interface Head {
  id: string
  lane: Lane
  score: number
}

/** Limits for taking a job. */
export interface TakeLimits {
  /** Of all released jobs. */
  released: number
  releasedOfTenant: number
  releasedOfKey: number
}

/** `taken` also if another process has taken it; `changed` if it is no longer the first. */
export type Taken = 'taken' | 'full' | 'tenantFull' | 'keyFull' | 'changed'
const ANSWERS: readonly Taken[] = ['taken', 'full', 'tenantFull', 'keyFull', 'changed']

/** KEYS: 7 of the lane. ARGV: id, tenant, lane, weight, now, limits: all, of the tenant, of the key. */
const TAKE = new Script(`
${LANE_FUNCTIONS}
local id, tenant = ARGV[1], ARGV[2]
if redis.call('ZRANGE', KEYS[1], 0, 0)[1] ~= id then return redis.call('ZSCORE', KEYS[5], id) and 0 or 4 end
for i = 1, 3 do
  if redis.call('ZCARD', KEYS[4 + i]) >= tonumber(ARGV[5 + i]) then return i end
end
local served = tonumber(redis.call('HGET', KEYS[4], '*') or '0')
local pass = math.max(tonumber(redis.call('ZSCORE', KEYS[3], tenant)), served)
local after = pass + 1 / tonumber(ARGV[4])
redis.call('HSET', KEYS[4], tenant, after, '*', pass)
redis.call('ZADD', KEYS[3], after, tenant)
release(1, id, ARGV[5])
stopWaiting(1, id, tenant, ARGV[3])
return 0`)

/**
 * The jobs and analyses that wait for a worker, and those that are released to workers. The job store's scripts keep both up to date;
 * `take` moves the next job from the first to the second.
 */
export class WaitingJobs {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /**
   * The tenants with waiting jobs, the one to serve next first, with their passes. A tenant that a quota has held back has at least the pass
   * of the tenant that was served last, as one without jobs.
   */
  async shares(): Promise<{ tenant: string; pass: number }[]> {
    const [entries, served] = await Promise.all([
      this.#redis.zrange(redisKeys.shares, '0', '-1', 'WITHSCORES'),
      this.#redis.hget(redisKeys.passes, '*'),
    ])
    return pairsOf(entries)
      .map(([tenant, pass]) => ({ tenant, pass: Math.max(Number(pass), Number(served ?? 0)) }))
      .sort((a, b) => a.pass - b.pass || (a.tenant < b.tenant ? -1 : 1))
  }

  /** The lanes of a tenant that have waiting jobs, with the number of their jobs. */
  async lanes(tenant: string): Promise<{ lane: Lane; waiting: number }[]> {
    const names = await this.#redis.smembers(tenantKeys(tenant).lanes)
    return await Promise.all(
      names.map(async name => ({
        lane: { tenant, name },
        waiting: await this.#redis.zcard(tenantKeys(tenant).waiting(name)),
      })),
    )
  }

  /** The first job of each lane of a tenant, the one to run next first. */
  async heads(tenant: string): Promise<Head[]> {
    const of = tenantKeys(tenant)
    const names = await this.#redis.smembers(of.lanes)
    const heads = await Promise.all(
      names.map(async name => {
        const [id, score] = await this.#redis.zrange(of.waiting(name), '0', '0', 'WITHSCORES')
        return id === undefined ? [] : [{ id, lane: { tenant, name }, score: Number(score) }]
      }),
    )
    return heads.flat().sort((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1))
  }

  /** Releases a head to the workers and charges its tenant, unless a limit is reached. @param weight of the tenant */
  async take({ id, lane }: Head, weight: number, limits: TakeLimits): Promise<Taken> {
    const { released, releasedOfTenant, releasedOfKey } = limits
    const args = [id, lane.tenant, lane.name, weight, Date.now(), released, releasedOfTenant, releasedOfKey]
    return ANSWERS[Number(await TAKE.run(this.#redis, laneKeys(lane), args))]!
  }

  /** The number of released jobs. */
  async releasedCount(): Promise<number> {
    return await this.#redis.zcard(redisKeys.released)
  }

  /** The number of released jobs of a tenant. @param lane or of one of its lanes */
  async releasedOf(tenant: string, lane?: string): Promise<number> {
    const of = tenantKeys(tenant)
    return await this.#redis.zcard(lane === undefined ? of.released : of.releasedOf(lane))
  }

  /** The ids of the released jobs, those that were released first first. */
  async released(): Promise<string[]> {
    return await this.#redis.zrange(redisKeys.released, '0', '-1')
  }

  async isReleased(jobId: string): Promise<boolean> {
    return (await this.#redis.zscore(redisKeys.released, jobId)) !== null
  }

  /** The ids of the paused jobs that continue by themselves at a time, in milliseconds since 1970, or before. */
  async resumable(untilMs: number, limit: number): Promise<string[]> {
    return await this.#redis.zrangebyscore(redisKeys.resumptions, '-inf', untilMs, 'LIMIT', 0, limit)
  }

  /** The number of jobs of its tenant that wait before a job; undefined if it does not wait. */
  async rank(job: Job): Promise<number | undefined> {
    const lane = laneOf(job)
    const own = await this.#redis.zrank(tenantKeys(lane.tenant).waiting(lane.name), job.id)
    if (own === null) return undefined
    const score = laneScore(job)
    const [before, equal] = await Promise.all([this.#countBefore(lane, score), this.#idsAt(lane, score)])
    return own + before + equal.filter(id => id < job.id).length
  }

  /** The rank of a job of this priority that would be submitted now. */
  async rankOfNext(lane: Lane, priority: number): Promise<number> {
    const score = scoreAfterPriority(priority)
    const own = await this.#redis.zcount(tenantKeys(lane.tenant).waiting(lane.name), '-inf', `(${score}`)
    return own + (await this.#countBefore(lane, score))
  }

  /** The number of jobs in the other lanes of the tenant with a smaller score. */
  async #countBefore(lane: Lane, score: number): Promise<number> {
    const others = await this.#otherLanes(lane)
    const counts = others.map(other => this.#redis.zcount(other, '-inf', `(${score}`))
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  }

  /** The jobs in the other lanes of the tenant with this score: those of the same priority and millisecond. */
  async #idsAt(lane: Lane, score: number): Promise<string[]> {
    const others = await this.#otherLanes(lane)
    return (await Promise.all(others.map(other => this.#redis.zrangebyscore(other, score, score)))).flat()
  }

  async #otherLanes({ tenant, name }: Lane): Promise<string[]> {
    const of = tenantKeys(tenant)
    const names = await this.#redis.smembers(of.lanes)
    return names.filter(other => other !== name).map(of.waiting)
  }
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((value, index) => (index % 2 ? [] : [[value, flat[index + 1]!] as [string, string]]))
}
