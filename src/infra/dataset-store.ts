import type { Redis } from 'ioredis'
import type { DatasetFacts } from '#domain/dataset.ts'
import { redisKeys } from './redis-keys.ts'

/** An upload: what it is known as, and once it was validated what it holds. */
export interface DatasetRecord {
  id: string
  name: string
  createdAt: string
  state:
    | { status: 'validating' }
    | { status: 'ready'; sha256: string; sizeBytes: number; facts: DatasetFacts }
    | { status: 'invalid'; error: string }
}

/** Uploaded datasets in Redis; their data are a blob in the namespace of their id. */
export class DatasetStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async create(record: DatasetRecord): Promise<void> {
    const transaction = this.#redis.multi().set(redisKeys.dataset(record.id), JSON.stringify(record))
    await transaction.zadd(redisKeys.allDatasets, 0, record.id).exec()
  }

  async get(id: string): Promise<DatasetRecord | undefined> {
    const text = await this.#redis.get(redisKeys.dataset(id))
    return text === null ? undefined : JSON.parse(text)
  }

  /** Ends the validation. @returns whether the record is still there */
  async settle(record: DatasetRecord): Promise<boolean> {
    return (await this.#redis.set(redisKeys.dataset(record.id), JSON.stringify(record), 'XX')) === 'OK'
  }

  /** Newest first, beginning after the id `after`; one more than `limit` if there is one. */
  async list(after: string | undefined, limit: number): Promise<DatasetRecord[]> {
    const from = after === undefined ? '+' : `(${after}`
    const ids = await this.#redis.zrevrangebylex(redisKeys.allDatasets, from, '-', 'LIMIT', 0, limit + 1)
    if (ids.length === 0) return []
    const texts = await this.#redis.mget(ids.map(redisKeys.dataset))
    return texts.flatMap(text => (text === null ? [] : [JSON.parse(text) as DatasetRecord]))
  }

  async delete(id: string): Promise<void> {
    await this.#redis.multi().del(redisKeys.dataset(id)).zrem(redisKeys.allDatasets, id).exec()
  }
}
