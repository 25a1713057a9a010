import type { Redis } from 'ioredis'
import type { WorkerStatus } from '#domain/worker.ts'
import { redisKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'

/** A supervisor beats every 5 s; one that has been silent for this long is gone. */
const LEASE_SECONDS = 15

/** Who is alive, by leases that run out. */
export class WorkerRegistry {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async beat(worker: WorkerStatus): Promise<void> {
    await this.#redis
      .pipeline()
      .sadd(redisKeys.workers, worker.id)
      .set(redisKeys.worker(worker.id), JSON.stringify(worker), 'EX', LEASE_SECONDS)
      .exec()
  }

  async leave(workerId: string): Promise<void> {
    await this.#redis.pipeline().srem(redisKeys.workers, workerId).del(redisKeys.worker(workerId)).exec()
  }

  async get(workerId: string): Promise<WorkerStatus | undefined> {
    const text = await this.#redis.get(redisKeys.worker(workerId))
    return text === null ? undefined : storedRecord(workerId, text)
  }

  /** The living, by id; forgets the dead. */
  async list(): Promise<WorkerStatus[]> {
    const ids = (await this.#redis.smembers(redisKeys.workers)).sort()
    const workers = await Promise.all(ids.map(async id => ({ id, worker: await this.get(id) })))
    const dead = workers.filter(({ worker }) => !worker).map(({ id }) => id)
    // To be told who lives, Redis need not take writes.
    if (dead.length > 0) await this.#redis.srem(redisKeys.workers, dead).catch(() => {})
    return workers.flatMap(({ worker }) => (worker ? [worker] : []))
  }
}
