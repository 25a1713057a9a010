import type { Redis } from 'ioredis'
import { redisKeys } from './redis-keys.ts'

/** The jobs whose files expire, by the time of that. The job store's scripts add, move and remove them with the jobs. */
export class Expirations {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** The jobs that are due first. @param now in milliseconds since 1970 */
  async due(now: number, limit: number): Promise<string[]> {
    return await this.#redis.zrangebyscore(redisKeys.expirations, '-inf', now, 'LIMIT', 0, limit)
  }

  /** Makes a job due at a later time, unless it was removed meanwhile. */
  async postpone(jobId: string, until: number): Promise<void> {
    await this.#redis.zadd(redisKeys.expirations, 'XX', until, jobId)
  }

  async remove(jobId: string): Promise<void> {
    await this.#redis.zrem(redisKeys.expirations, jobId)
  }
}
