import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Artifact } from '#domain/artifact.ts'
import { AppError } from '#domain/error.ts'
import type { EpochMetrics, JobEvent } from '#domain/event.ts'
import { applyEvent, type Job, type JobStatus, placeEvent } from '#domain/job.ts'
import type { Decision } from '#domain/job-decisions.ts'
import type { ModelSpec } from '#domain/model-spec.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { indexChanges, indexEntries, keyOf, memberOf } from './index-entries.ts'
import { type JobPage, type JobQuery, listJobs } from './job-index.ts'
import { scripts } from './job-scripts.ts'
import { membersOf } from './members-of.ts'
import { redisKeys } from './redis-keys.ts'

const IDEMPOTENCY_SECONDS = 86_400
const PAGE = 200

export interface IdempotencyClaim {
  /** Key, caller and route. */
  scope: string
  /** Digest of the canonical body. */
  bodyDigest: string
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
    const indexes = indexEntries(job)
    const keys = [redisKeys.job(job.id), redisKeys.idempotency(claim?.scope ?? ''), ...indexes.map(keyOf)]
    const record = claim ? JSON.stringify({ bodyDigest: claim.bodyDigest, job }) : ''
    const args = [JSON.stringify(job), record, IDEMPOTENCY_SECONDS, ...indexes.map(memberOf)]
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
    const { left, joined } = indexChanges(before, job)
    const changed = [...left, ...joined]
    const keys = [redisKeys.job(job.id), redisKeys.events(job.id), ...changed.map(keyOf)]
    const committed = await scripts.commit(this.#redis, keys, [
      JSON.stringify(before),
      JSON.stringify(job),
      redisKeys.jobChannel(job.id),
      left.length,
      ...changed.map(memberOf),
      ...events.flatMap(event => [event.seq, JSON.stringify(event)]),
    ])
    const epoch = events.findLast(event => event.type === 'epoch')
    // Only an estimate hangs on it: it may be lost, the append may not.
    if (committed && epoch?.type === 'epoch') await this.#recordRate(job, epoch.data).catch(() => {})
    // What a killed one held says only that it needs more, not how much: it must not refuse the next.
    if (committed && job.status === 'succeeded' && before.status !== 'succeeded')
      await this.#recordPeak(job).catch(() => {})
    return committed
  }

  async #recordPeak({ spec, worker, peakMemoryBytes }: Job): Promise<void> {
    if (worker && peakMemoryBytes) await this.#redis.hset(peaksKey(spec), worker.engine, peakMemoryBytes)
  }

  /** The most memory that the last training like this one held that succeeded, by engine; absent for engines without one. */
  async measuredMemory(spec: TrainingSpec): Promise<ReadonlyMap<string, number>> {
    const peaks = Object.entries(await this.#redis.hgetall(peaksKey(spec)))
    return new Map(peaks.map(([engine, bytes]) => [engine, Number(bytes)]))
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

  /** A page of the jobs that a query asks for. */
  list(query: JobQuery): Promise<JobPage> {
    return listJobs(this.#redis, query)
  }

  /** The ids of all jobs of a status, newest first, a page at a time. */
  idsByStatus(status: JobStatus): AsyncGenerator<string[]> {
    return membersOf(this.#redis, [redisKeys.jobsByStatus(status)], { order: 'desc', count: PAGE })
  }

  /** Puts jobs of earlier versions into the indexes that those did not have. */
  async indexOlderJobs(): Promise<void> {
    if (await this.#redis.exists(redisKeys.jobIndexes)) return
    for await (const ids of membersOf(this.#redis, [redisKeys.allJobs], { order: 'asc', count: PAGE }))
      for (const id of ids) while (!(await this.#index(id))) {}
    await this.#redis.set(redisKeys.jobIndexes, '1')
  }

  /** @returns false when somebody changed the job meanwhile */
  async #index(jobId: string): Promise<boolean> {
    const state = await this.#redis.hget(redisKeys.job(jobId), 'state')
    if (state === null) return true
    const indexes = indexEntries(JSON.parse(state))
    const keys = [redisKeys.job(jobId), ...indexes.map(keyOf)]
    return await scripts.index(this.#redis, keys, [state, ...indexes.map(memberOf)])
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

  async forgetExports(jobId: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#redis.hdel(redisKeys.exports(jobId), ...keys)
  }

  /** Removes every trace of the job. */
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

/** Of everything in a spec that memory depends on. */
function peaksKey({ model, dataset, batchSize, optimizer, augmentation, artifacts, epochs }: TrainingSpec) {
  // A second epoch needs more than the first, a third needs no more than the second.
  const varied = [optimizer.name, augmentation.length > 0, [...artifacts].sort(), Math.min(epochs, 2)]
  const text = JSON.stringify([model, dataset.id, batchSize, ...varied])
  return redisKeys.peaks(createHash('sha256').update(text).digest('hex'))
}
