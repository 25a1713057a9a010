import type { Redis } from 'ioredis'
import { redisKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'
import type { WorkerStatus } from './worker-record.ts'

/** A supervisor renews its lease every 5 s; one that has not done so for this long is dead. */
const LEASE_SECONDS = 15
const FRESH_MS = 1_000

/** The live workers. Each worker renews its lease. */
export class WorkerRegistry {
  readonly #redis: Redis
  #listing: Promise<WorkerStatus[]> | undefined
  #listed: { workers: WorkerStatus[]; at: number } | undefined

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async beat(worker: WorkerStatus): Promise<void> {
    this.#listed = undefined
    await this.#redis
      .pipeline()
      .sadd(redisKeys.workers, worker.id)
      .set(redisKeys.worker(worker.id), JSON.stringify(worker), 'EX', LEASE_SECONDS)
      .exec()
  }

  async leave(workerId: string): Promise<void> {
    this.#listed = undefined
    await this.#redis.pipeline().srem(redisKeys.workers, workerId).del(redisKeys.worker(workerId)).exec()
  }

  async get(workerId: string): Promise<WorkerStatus | undefined> {
    const text = await this.#redis.get(redisKeys.worker(workerId))
    return text === null ? undefined : storedRecord(workerId, text)
  }

  /** The live workers as of a second ago at most, for what every submission asks. */
  async recent(): Promise<readonly WorkerStatus[]> {
    const listed = this.#listed
    if (listed && Date.now() - listed.at <= FRESH_MS) return listed.workers
    this.#listing ??= this.list().finally(() => {
      this.#listing = undefined
    })
    return await this.#listing
  }

  /** The live workers, sorted by id; removes the ids of dead ones. */
  async list(): Promise<WorkerStatus[]> {
    const ids = (await this.#redis.smembers(redisKeys.workers)).sort()
    const workers = await Promise.all(ids.map(async id => ({ id, worker: await this.get(id) })))
    const dead = workers.filter(({ worker }) => !worker).map(({ id }) => id)
    // The list is complete even if Redis refuses writes.
    if (dead.length > 0) await this.#redis.srem(redisKeys.workers, dead).catch(() => {})
    const alive = workers.flatMap(({ worker }) => (worker ? [worker] : []))
    this.#listed = { workers: alive, at: Date.now() }
    return alive
  }
}
