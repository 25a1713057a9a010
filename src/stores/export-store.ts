import type { Redis } from 'ioredis'
import type { Artifact } from '#domain/artifact.ts'
import { redisKeys } from './redis-keys.ts'

/** KEYS: job, model, exports. ARGV: key, artifact. */
const RECORD = `
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then return 0 end
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
return 1`

/** The artifacts of a job or a registered model that were exported on request, by the key of the request. */
export class ExportStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async list(id: string): Promise<Map<string, Artifact>> {
    const entries = Object.entries(await this.#redis.hgetall(redisKeys.exports(id)))
    return new Map(entries.map(([key, text]) => [key, JSON.parse(text)]))
  }

  /** @returns whether the job or model still exists; nothing is stored for a deleted one */
  async record(id: string, key: string, artifact: Artifact): Promise<boolean> {
    const keys = [redisKeys.job(id), redisKeys.record('model', id), redisKeys.exports(id)]
    return (await this.#redis.eval(RECORD, keys.length, ...keys, key, JSON.stringify(artifact))) === 1
  }

  async forget(id: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#redis.hdel(redisKeys.exports(id), ...keys)
  }
}
