import { DelayedError, Queue, WaitingError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { redisKeys } from './redis-keys.ts'

const QUEUE = 'jobs'
/** Longer than any failover of Redis, so that a lock is lost only with its holder. */
const LOCK_MS = 60_000
const STALLED_CHECK_MS = 15_000
/** BullMQ does not wake an idle worker for a job that was put back; it looks for itself this often. */
const IDLE_CHECK_SECONDS = 1

/** How long a job that its worker cannot hold is left to others before that worker may take it again. */
const PUT_OFF_MS = 5_000

/** BullMQ's score of a waiting job is its priority times this, plus a counter. */
const PRIORITY_SCALE = 2 ** 32

/** The jobs that wait for a worker. It carries ids only: what a job is, the job store knows. */
export class JobQueue {
  readonly #redis: Redis
  readonly #queue: Queue

  constructor(connection: Redis) {
    this.#redis = connection
    this.#queue = new Queue(QUEUE, { connection, prefix: redisKeys.bull })
    this.#queue.on('error', () => {})
  }

  /** Adding an id that waits already changes nothing. */
  async enqueue(jobId: string, priority: number): Promise<void> {
    const whenOver = { removeOnComplete: true, removeOnFail: true } as const
    await this.#queue.add(QUEUE, { id: jobId }, { jobId, priority, attempts: 1, ...whenOver })
  }

  /** Puts a job that its worker has lost back into line, whatever lock is still on it. */
  async reclaim(jobId: string, priority: number): Promise<void> {
    const held = await this.#queue.getJob(jobId)
    if (held && (await held.isActive())) await held.moveToWait('0')
    else await this.enqueue(jobId, priority)
  }

  async remove(jobId: string): Promise<void> {
    await this.#queue.remove(jobId)
  }

  async changePriority(jobId: string, priority: number): Promise<void> {
    const waiting = await this.#queue.getJob(jobId)
    await waiting?.changePriority({ priority })
  }

  /** 1 for the job that is next, or undefined when it does not wait. Every job has a priority, so all wait in one sorted set. */
  async position(jobId: string): Promise<number | undefined> {
    const rank = await this.#redis.zrank(this.#queue.toKey('prioritized'), jobId)
    return rank === null ? undefined : rank + 1
  }

  /** Those of the ids that the queue has never heard of or is through with. */
  async missing(jobIds: readonly string[]): Promise<string[]> {
    const known = await Promise.all(jobIds.map(jobId => this.#redis.exists(this.#queue.toKey(jobId))))
    return jobIds.filter((_, index) => known[index] === 0)
  }

  /** Where a job of this priority would wait if it came now: behind all that are as urgent. */
  async positionOfNext(priority: number): Promise<number> {
    const lessUrgent = (priority + 1) * PRIORITY_SCALE
    return (await this.#redis.zcount(this.#queue.toKey('prioritized'), '-inf', `(${lessUrgent}`)) + 1
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }
}

/** What a worker may do with a job instead of finishing it. Both end its turn by an error that BullMQ knows. */
export interface Returns {
  /** Any worker may take the job at once. */
  requeue(): Promise<never>
  /** The job waits a little, then goes before its equals. */
  putOff(): Promise<never>
}

/**
 * Takes one job at a time from the queue. Restarts are counted by the job store, so a stalled job may come back any number
 * of times.
 * @param connection needs `maxRetriesPerRequest: null`, as BullMQ blocks on it
 */
export function createJobWorker(
  connection: Redis,
  process: (jobId: string, returns: Returns) => Promise<void>,
): Worker {
  return new Worker(
    QUEUE,
    async (job, token) => {
      const requeue = async () => {
        await job.moveToWait(token)
        throw new WaitingError()
      }
      const putOff = async () => {
        await job.changePriority({ priority: Math.max(1, job.priority - 1) })
        await job.moveToDelayed(Date.now() + PUT_OFF_MS, token)
        throw new DelayedError()
      }
      await process(job.data.id, { requeue, putOff })
    },
    {
      connection,
      prefix: redisKeys.bull,
      concurrency: 1,
      autorun: false,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      drainDelay: IDLE_CHECK_SECONDS,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    },
  )
}
