import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Artifact } from '#domain/artifact.ts'
import { AppError } from '#domain/error.ts'
import type { EpochMetrics, JobEvent } from '#domain/event.ts'
import { applyEvent, type Job, type JobStatus, placeEvent } from '#domain/job.ts'
import type { Decision } from '#domain/job-decisions.ts'
import type { ModelSpec } from '#domain/model-spec.ts'
import { scripts } from './job-scripts.ts'
import { redisKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'

const IDEMPOTENCY_SECONDS = 86_400
const PAGE = 200

export interface IdempotencyClaim {
  /** Key, caller and route. */
  scope: string
  /** Digest of the canonical body. */
  bodyDigest: string
}

export interface JobFilter {
  status?: JobStatus | undefined
  labels?: Readonly<Record<string, string>> | undefined
}

export interface Appended {
  job: Job
  events: JobEvent[]
}

/** Jobs in Redis: the folded state in one record, the history beside it, both changed by one atomic script. */
export class JobStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /**
   * Stores a queued job, and under an idempotency key only once.
   * @returns the job as it was first answered when the key has already made one
   * @throws AppError `idempotency_key_reused` when the key belongs to another body
   */
  async create(job: Job, claim?: IdempotencyClaim): Promise<{ job: Job; replayed: boolean }> {
    const keys = [redisKeys.job(job.id), redisKeys.idempotency(claim?.scope ?? ''), ...indexKeys(job)]
    const record = claim ? JSON.stringify({ bodyDigest: claim.bodyDigest, job }) : ''
    const args = [job.id, JSON.stringify(job), record, IDEMPOTENCY_SECONDS]
    const found = await scripts.create(this.#redis, keys, args)
    if (!found || !claim) return { job, replayed: false }
    const earlier = replayOf(found, claim.bodyDigest)
    return { job: earlier, replayed: earlier.id !== job.id }
  }

  /** What a key has made already. @throws AppError as `create` does */
  async replay({ scope, bodyDigest }: IdempotencyClaim): Promise<Job | undefined> {
    const found = await this.#redis.get(redisKeys.idempotency(scope))
    return found === null ? undefined : replayOf(found, bodyDigest)
  }

  async get(jobId: string): Promise<Job | undefined> {
    const state = await this.#redis.hget(redisKeys.job(jobId), 'state')
    return state === null ? undefined : JSON.parse(state)
  }

  /** @throws AppError `not_found` */
  async require(jobId: string): Promise<Job> {
    const job = await this.get(jobId)
    if (!job) throw new AppError('not_found', `There is no job ${jobId}.`)
    return job
  }

  /**
   * The one way a job changes: decides on the job as it is, folds the events in, and commits both unless somebody else was
   * faster; then it decides again. @throws AppError `not_found`; whatever `decide` and `applyEvent` throw
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
      if (events.length === 0 || (await this.#commit(before, job, events))) return { job, events }
    }
  }

  /** Changes what is not history: name, labels and priority. Decides again when somebody else was faster. */
  async revise(jobId: string, change: (job: Job) => Job): Promise<Job> {
    for (;;) {
      const before = await this.require(jobId)
      const job = change(before)
      if (await this.#commit(before, job, [])) return job
    }
  }

  async #commit(before: Job, job: Job, events: readonly JobEvent[]): Promise<boolean> {
    const drop = indexKeys(before).filter(key => !indexKeys(job).includes(key))
    const add = indexKeys(job).filter(key => !indexKeys(before).includes(key))
    const keys = [redisKeys.job(job.id), redisKeys.events(job.id), ...drop, ...add]
    const committed = await scripts.commit(this.#redis, keys, [
      job.id,
      JSON.stringify(before),
      JSON.stringify(job),
      redisKeys.jobChannel(job.id),
      drop.length,
      ...events.flatMap(event => [event.seq, JSON.stringify(event)]),
    ])
    const epoch = events.findLast(event => event.type === 'epoch')
    // Only an estimate hangs on it: it may be lost, the append may not.
    if (committed && epoch?.type === 'epoch') await this.#recordRate(job, epoch.data).catch(() => {})
    return committed
  }

  async #recordRate({ spec, worker }: Job, { examplesPerSecond }: EpochMetrics): Promise<void> {
    if (worker) await this.#redis.hset(ratesKey(spec.model), worker.engine, examplesPerSecond)
  }

  /** The last measured examples per second of a model, on the fastest of the engines; absent before any. */
  async measuredRate(model: ModelSpec, engines: readonly string[]): Promise<number | undefined> {
    if (engines.length === 0) return undefined
    const rates = await this.#redis.hmget(ratesKey(model), ...engines)
    const known = rates.filter(rate => rate !== null).map(Number)
    return known.length === 0 ? undefined : Math.max(...known)
  }

  /** Newest first, beginning after the id `after`. */
  async list(
    filter: JobFilter,
    after: string | undefined,
    limit: number,
  ): Promise<{ jobs: Job[]; hasMore: boolean }> {
    const indexes = filterKeys(filter)
    const index = await this.#shortest(indexes)
    const count = indexes.length > 1 ? PAGE : limit + 1
    const jobs: Job[] = []
    for await (const ids of this.#ids(index, after, count)) {
      jobs.push(...(await this.#load(ids)).filter(job => matches(job, filter)))
      if (jobs.length > limit) return { jobs: jobs.slice(0, limit), hasMore: true }
    }
    return { jobs, hasMore: false }
  }

  /** The ids of all jobs of a status, newest first, a page at a time. */
  idsByStatus(status: JobStatus): AsyncGenerator<string[]> {
    return this.#ids(redisKeys.jobsByStatus(status), undefined, PAGE)
  }

  async *#ids(index: string, after: string | undefined, count: number): AsyncGenerator<string[]> {
    for (let last = after; ; ) {
      const ids = await this.#redis.zrevrangebylex(index, last ? `(${last}` : '+', '-', 'LIMIT', 0, count)
      yield ids
      if (ids.length < count) return
      last = ids.at(-1)
    }
  }

  async #shortest(indexes: readonly string[]): Promise<string> {
    if (indexes.length === 1) return indexes[0]!
    const sizes = await Promise.all(indexes.map(key => this.#redis.zcard(key)))
    return indexes[sizes.indexOf(Math.min(...sizes))]!
  }

  async #load(ids: readonly string[]): Promise<Job[]> {
    if (ids.length === 0) return []
    const pipeline = this.#redis.pipeline()
    for (const id of ids) pipeline.hget(redisKeys.job(id), 'state')
    const answers = (await pipeline.exec()) ?? []
    return answers.flatMap(([, state], index) =>
      typeof state === 'string' ? [storedRecord<Job>(ids[index]!, state)] : [],
    )
  }

  /** Artifacts that were made on request after the job's own, by what asks for them. */
  async exports(jobId: string): Promise<Map<string, Artifact>> {
    const entries = Object.entries(await this.#redis.hgetall(redisKeys.exports(jobId)))
    return new Map(entries.map(([key, text]) => [key, JSON.parse(text)]))
  }

  /** @returns whether the job is still there; nothing is kept of one that is not */
  async recordExport(jobId: string, key: string, artifact: Artifact): Promise<boolean> {
    const keys = [redisKeys.job(jobId), redisKeys.exports(jobId)]
    return await scripts.recordExport(this.#redis, keys, [key, JSON.stringify(artifact)])
  }

  /** Removes every trace of the job. */
  async delete(job: Job): Promise<void> {
    const transaction = this.#redis.multi()
    for (const key of indexKeys(job)) transaction.zrem(key, job.id)
    transaction.del(
      redisKeys.job(job.id),
      redisKeys.events(job.id),
      redisKeys.progress(job.id),
      redisKeys.exports(job.id),
    )
    await transaction.exec()
  }
}

/** @throws AppError `idempotency_key_reused` */
function replayOf(record: string, bodyDigest: string): Job {
  const earlier: { bodyDigest: string; job: Job } = JSON.parse(record)
  if (earlier.bodyDigest === bodyDigest) return earlier.job
  throw new AppError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another body; take a new key.',
  )
}

function ratesKey(model: ModelSpec): string {
  if ('preset' in model) return redisKeys.rates(model.preset)
  return redisKeys.rates(createHash('sha256').update(JSON.stringify(model.topology)).digest('hex'))
}

function indexKeys(job: Job): string[] {
  const labels = Object.entries(job.spec.labels).map(([key, value]) => redisKeys.jobsByLabel(key, value))
  return [redisKeys.allJobs, redisKeys.jobsByStatus(job.status), ...labels]
}

/** The indexes that hold every job the filter lets through. */
function filterKeys({ status, labels }: JobFilter): string[] {
  const keys = Object.entries(labels ?? {}).map(([key, value]) => redisKeys.jobsByLabel(key, value))
  if (status) keys.push(redisKeys.jobsByStatus(status))
  return keys.length > 0 ? keys : [redisKeys.allJobs]
}

function matches(job: Job, { status, labels }: JobFilter): boolean {
  if (status && job.status !== status) return false
  return Object.entries(labels ?? {}).every(([key, value]) => job.spec?.labels?.[key] === value)
}
