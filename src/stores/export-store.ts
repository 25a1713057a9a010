import type { Redis } from 'ioredis'
import type { Artifact } from '#domain/artifact.ts'
import { redisKeys } from './redis-keys.ts'

/** KEYS: job, exports. ARGV: key, artifact. */
const RECORD = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1`

/** The artifacts that were exported on request after a job stored its own, by the key of the request. */
export class ExportStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async list(jobId: string): Promise<Map<string, Artifact>> {
    const entries = Object.entries(await this.#redis.hgetall(redisKeys.exports(jobId)))
    return new Map(entries.map(([key, text]) => [key, JSON.parse(text)]))
  }

  /** @returns whether the job still exists; nothing is stored for a deleted job */
  async record(jobId: string, key: string, artifact: Artifact): Promise<boolean> {
    const keys = [redisKeys.job(jobId), redisKeys.exports(jobId)]
    return (await this.#redis.eval(RECORD, keys.length, ...keys, key, JSON.stringify(artifact))) === 1
  }

  async forget(jobId: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#redis.hdel(redisKeys.exports(jobId), ...keys)
  }
}
