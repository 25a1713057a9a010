import type { Redis } from 'ioredis'
import { tenantOf } from '#access/owner.ts'
import type { QuotaUse } from '#access/quotas.ts'
import { isAnalysisId } from '#domain/analysis.ts'
import { AppError } from '#domain/error.ts'
import type { JobEvent } from '#domain/event.ts'
import { applyEvent, type Job, placeEvent } from '#domain/job.ts'
import type { Decision } from '#domain/job-decisions.ts'
import { type IdempotencyClaim, recordOf, replayOf } from './idempotency-store.ts'
import { decodeJob, type StoredJob } from './job-record.ts'
import { type CreationLimits, commitJob, createJob, deleteJob } from './job-scripts.ts'
import { planTrim } from './plan-trim.ts'
import { redisKeys } from './redis-keys.ts'
import type { SpecCache } from './spec-cache.ts'

/** The records that exist for the callers of a store: those of one kind and one tenant, or of all where it is absent. */
interface Bounds {
  kind?: 'job' | 'analysis'
  tenant?: string
}

/** What the stores of all tenants share. */
export interface SharedByStores {
  specs: SpecCache
  /** The most events that the history of a job keeps. */
  historyEvents?: number | undefined
}

const MOST_EVENTS = 20_000

/** The conditions under which a job is created. */
export interface Creation {
  claim?: IdempotencyClaim | undefined
  limits?: CreationLimits
}

/** The new job, the job that the claim has created before, or the quota that is used up. */
export type CreatedJob =
  | { type: 'stored'; job: Job /** Jobs that are released to workers. */; released: number }
  | { type: 'replayed'; job: Job }
  | { type: 'refused'; use: QuotaUse }
  /** The dataset of the job was deleted meanwhile. */
  | { type: 'orphaned' }

export interface Appended {
  job: Job
  events: JobEvent[]
}

/** Jobs in Redis: the folded state in one record and the events in a stream, both changed by one atomic script. */
export class JobStore {
  readonly #redis: Redis
  readonly #specs: SpecCache
  readonly #historyEvents: number
  readonly #bounds: Bounds

  constructor(redis: Redis, { specs, historyEvents = MOST_EVENTS }: SharedByStores, bounds: Bounds = {}) {
    this.#redis = redis
    this.#specs = specs
    this.#historyEvents = historyEvents
    this.#bounds = bounds
  }

  /**
   * Stores a queued job, its claim and its place among the waiting jobs in one atomic step, unless the claim has created a job before or a
   * quota is used up. A job with this id that already exists is not changed.
   * @throws AppError `idempotency_key_reused` if the claim was used with another body
   */
  async create(job: Job, { claim, limits }: Creation = {}): Promise<CreatedJob> {
    const record = claim && recordOf(claim, job)
    const created = await createJob(this.#redis, job, {
      ...(record && { record }),
      ...(limits && { limits }),
    })
    if (created.type === 'stored') return { ...created, job }
    if (created.type === 'refused' || created.type === 'orphaned') return created
    const { job: earlier } = replayOf<{ job: Job }>(created.record, claim!.bodyDigest)
    return earlier.id === job.id ? { type: 'stored', job, released: 0 } : { type: 'replayed', job: earlier }
  }

  async get(jobId: string): Promise<Job | undefined> {
    return (await this.#read(jobId))?.job
  }

  /** @throws AppError `not_found` */
  async require(jobId: string): Promise<Job> {
    return (await this.#requireStored(jobId)).job
  }

  /**
   * The only way to change a job's state: decides on the stored job, folds the resulting events into it, and commits both unless
   * another process changed the job first; then it reads the job and decides again.
   * @throws AppError `not_found`; whatever `decide` and `applyEvent` throw
   */
  async append(jobId: string, decide: Decision): Promise<Appended> {
    for (;;) {
      const before = await this.#requireStored(jobId)
      const now = new Date().toISOString()
      const events: JobEvent[] = []
      let { job } = before
      for (const decided of decide(before.job)) {
        const event = placeEvent(job, decided, now)
        job = applyEvent(job, event)
        events.push(event)
      }
      if (events.length === 0) return { job, events }
      const trim = await planTrim(this.#redis, job, this.#historyEvents)
      const after = trim ? { ...job, trimmedSeq: trim.to } : job
      if (await commitJob(this.#redis, { before, after, events, trim })) return { job: after, events }
    }
  }

  /** Changes what no event records: name, labels and priority. Reads the job and changes it again if another process was faster. */
  async revise(jobId: string, change: (job: Job) => Job): Promise<Job> {
    for (;;) {
      const before = await this.#requireStored(jobId)
      const after = change(before.job)
      if (await commitJob(this.#redis, { before, after, events: [] })) return after
    }
  }

  /** Deletes the job with its events, progress, exports and index entries. */
  async delete(job: Job): Promise<void> {
    await deleteJob(this.#redis, job)
    this.#specs.delete(job.id)
  }

  async #requireStored(jobId: string): Promise<StoredJob> {
    const stored = await this.#read(jobId)
    if (!stored) throw new AppError('not_found', `There is no ${this.#bounds.kind ?? 'job'} ${jobId}.`)
    return stored
  }

  async #read(jobId: string): Promise<StoredJob | undefined> {
    const { kind, tenant } = this.#bounds
    if (kind && isAnalysisId(jobId) !== (kind === 'analysis')) return undefined
    const known = this.#specs.get(jobId)
    const [state, text] = await this.#redis.hmget(redisKeys.job(jobId), 'state', ...(known ? [] : ['fixed']))
    if (!state) return undefined
    const fixed = known ?? (text ? this.#specs.add(jobId, text) : undefined)
    const job = decodeJob(state, fixed)
    const isVisible = job && (tenant === undefined || tenantOf(job) === tenant)
    return isVisible ? { job, state, isSplit: fixed !== undefined } : undefined
  }
}
