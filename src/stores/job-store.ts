import type { Redis } from 'ioredis'
import { tenantOf } from '#access/owner.ts'
import { isAnalysisId } from '#domain/analysis.ts'
import { AppError } from '#domain/error.ts'
import type { JobEvent } from '#domain/event.ts'
import { applyEvent, type Job, placeEvent } from '#domain/job.ts'
import type { Decision } from '#domain/job-decisions.ts'
import { indexEntries } from './index-entries.ts'
import { commitJob, createJob } from './job-scripts.ts'
import { redisKeys } from './redis-keys.ts'

/** The records that exist for the callers of a store: those of one kind and one tenant, or of all where it is absent. */
interface Bounds {
  kind?: 'job' | 'analysis'
  tenant?: string
}

export interface Appended {
  job: Job
  events: JobEvent[]
}

/** Jobs in Redis: the folded state in one record and the events in a stream, both changed by one atomic script. */
export class JobStore {
  readonly #redis: Redis
  readonly #bounds: Bounds

  constructor(redis: Redis, bounds: Bounds = {}) {
    this.#redis = redis
    this.#bounds = bounds
  }

  /** Stores a queued job. A job with this id that already exists is not changed. */
  async create(job: Job): Promise<Job> {
    await createJob(this.#redis, job)
    return job
  }

  async get(jobId: string): Promise<Job | undefined> {
    const { kind, tenant } = this.#bounds
    if (kind && isAnalysisId(jobId) !== (kind === 'analysis')) return undefined
    const state = await this.#redis.hget(redisKeys.job(jobId), 'state')
    const job: Job | undefined = state === null ? undefined : JSON.parse(state)
    return job && (tenant === undefined || tenantOf(job) === tenant) ? job : undefined
  }

  /** @throws AppError `not_found` */
  async require(jobId: string): Promise<Job> {
    const job = await this.get(jobId)
    if (!job) throw new AppError('not_found', `There is no ${this.#bounds.kind ?? 'job'} ${jobId}.`)
    return job
  }

  /**
   * The only way to change a job's state: decides on the stored job, folds the resulting events into it, and commits both unless
   * another process changed the job first; then it reads the job and decides again.
   * @throws AppError `not_found`; whatever `decide` and `applyEvent` throw
   */
  async append(jobId: string, decide: Decision): Promise<Appended> {
    for (;;) {
      const before = await this.require(jobId)
      const now = new Date().toISOString()
      const events: JobEvent[] = []
      let job = before
      for (const decided of decide(before)) {
        const event = placeEvent(job, decided, now)
        job = applyEvent(job, event)
        events.push(event)
      }
      if (events.length === 0 || (await commitJob(this.#redis, before, job, events))) return { job, events }
    }
  }

  /** Changes what no event records: name, labels and priority. Reads the job and changes it again if another process was faster. */
  async revise(jobId: string, change: (job: Job) => Job): Promise<Job> {
    for (;;) {
      const before = await this.require(jobId)
      const job = change(before)
      if (await commitJob(this.#redis, before, job, [])) return job
    }
  }

  /** Deletes the job with its events, progress, exports and index entries. */
  async delete(job: Job): Promise<void> {
    const transaction = this.#redis.multi()
    for (const { key, member } of indexEntries(job)) transaction.zrem(key, member)
    transaction.del(
      redisKeys.job(job.id),
      redisKeys.events(job.id),
      redisKeys.progress(job.id),
      redisKeys.exports(job.id),
    )
    await transaction.exec()
  }
}
