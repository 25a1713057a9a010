import type { Redis } from 'ioredis'
import type { BlobStore } from './blobs/blob-store.ts'

/** New submissions may use this share; the rest is reserved for the events and checkpoints of running jobs. */
const REDIS_FULL_SHARE = 0.9
/** A result without shortages is reused for this time. Otherwise later calls ask again, so that the service recovers at once. */
const FRESH_MS = 1_000

/** Checks whether the job store and the blob store have space for new jobs and uploads. */
export class StorageRoom {
  readonly #redis: Redis
  readonly #blobs: BlobStore
  #freshUntil = 0
  #asking: Promise<string[]> | undefined

  constructor(redis: Redis, blobs: BlobStore) {
    this.#redis = redis
    this.#blobs = blobs
  }

  /** @returns a sentence for each store that is nearly full */
  async shortages(): Promise<string[]> {
    if (Date.now() < this.#freshUntil) return []
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return await this.#asking
  }

  async #ask(): Promise<string[]> {
    const [redisIsFull, blobsAreFull] = await Promise.all([this.#isRedisFull(), this.#blobs.isNearlyFull?.()])
    const shortages = [
      ...(redisIsFull ? ['The job store is nearly full.'] : []),
      ...(blobsAreFull ? ['The blob store is nearly full.'] : []),
    ]
    if (shortages.length === 0) this.#freshUntil = Date.now() + FRESH_MS
    return shortages
  }

  async #isRedisFull(): Promise<boolean> {
    const info = await this.#redis.info('memory')
    const fieldOf = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
    const limit = fieldOf('maxmemory')
    return limit > 0 && fieldOf('used_memory') > REDIS_FULL_SHARE * limit
  }
}
