import { DelayedError, Queue, WaitingError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { QueueConnection } from './redis-connections.ts'

const QUEUE = 'jobs'
/** Longer than a failover of Redis, so that a lock expires only if its holder is dead. */
const LOCK_MS = 60_000
const STALLED_CHECK_MS = 15_000
/** BullMQ does not wake an idle worker for a job that was returned to the queue, so the worker polls this often. */
const IDLE_CHECK_SECONDS = 1

/** The time after which a worker may again take a job that was too large for it; other workers may take it at once. */
const DEFER_MS = 5_000

/** Released jobs run in the order of their release. BullMQ finds a job quickly only if it has a priority. */
const PRIORITY = 10
/** A job that no free worker had enough memory for comes before those that were released later. */
const DEFERRED_PRIORITY = 5

/** The jobs that are released to workers. The queue contains only ids; the jobs are in the job store. */
export class JobQueue {
  readonly #redis: Redis
  readonly #queue: Queue

  constructor({ connection, prefix }: QueueConnection) {
    this.#redis = connection
    this.#queue = new Queue(QUEUE, { connection, prefix })
    this.#queue.on('error', () => {})
  }

  /** No effect if the job is in the queue already. */
  async enqueue(jobId: string): Promise<void> {
    const cleanUp = { removeOnComplete: true, removeOnFail: true } as const
    await this.#queue.add(QUEUE, { id: jobId }, { jobId, priority: PRIORITY, attempts: 1, ...cleanUp })
  }

  /** Enqueues a job again whose worker is dead, even if the job is still locked. */
  async reclaim(jobId: string): Promise<void> {
    const held = await this.#queue.getJob(jobId)
    if (held && (await held.isActive())) await held.moveToWait('0')
    else await this.enqueue(jobId)
  }

  async remove(jobId: string): Promise<void> {
    await this.#queue.remove(jobId)
  }

  /** The ids that are not in the queue: never added, or removed. */
  async missing(jobIds: readonly string[]): Promise<string[]> {
    const known = await Promise.all(jobIds.map(jobId => this.#redis.exists(this.#queue.toKey(jobId))))
    return jobIds.filter((_, index) => known[index] === 0)
  }

  /** 1 for the job that a worker takes next; undefined if it does not wait for a worker. */
  async position(jobId: string): Promise<number | undefined> {
    const rank = await this.#redis.zrank(this.#queue.toKey('prioritized'), jobId)
    return rank === null ? undefined : rank + 1
  }

  /** The number of jobs that wait for a worker to take them. */
  async waitingCount(): Promise<number> {
    return await this.#redis.zcard(this.#queue.toKey('prioritized'))
  }

  /** The number of jobs that wait because no free worker has enough memory for them. */
  async deferredCount(): Promise<number> {
    return await this.#redis.zcard(this.#queue.toKey('delayed'))
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }
}

/** How a worker returns a job to the queue instead of finishing it. Both throw an error that BullMQ recognizes. */
export interface ReturnToQueue {
  /** Any worker may take the job at once. */
  requeue(): Promise<never>
  /** The job waits for a few seconds, then comes before the other released jobs. @param meanwhile called once it waits */
  defer(meanwhile: () => Promise<void>): Promise<never>
}

/**
 * Takes one job at a time from the queue. The job's record counts its restarts, so BullMQ may return a stalled job any number of
 * times.
 */
export function createJobWorker(
  { connection, prefix }: QueueConnection,
  process: (jobId: string, returns: ReturnToQueue) => Promise<void>,
): Worker {
  return new Worker(
    QUEUE,
    async (job, token) => {
      const requeue = async () => {
        await job.moveToWait(token)
        throw new WaitingError()
      }
      const defer = async (meanwhile: () => Promise<void>) => {
        await job.changePriority({ priority: DEFERRED_PRIORITY })
        await job.moveToDelayed(Date.now() + DEFER_MS, token)
        await meanwhile()
        throw new DelayedError()
      }
      await process(job.data.id, { requeue, defer })
    },
    {
      connection,
      prefix,
      concurrency: 1,
      autorun: false,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      drainDelay: IDLE_CHECK_SECONDS,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    },
  )
}
