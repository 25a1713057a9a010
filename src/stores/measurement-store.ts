import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { DEFAULT_TENANT, tenantOf } from '#access/owner.ts'
import type { Analysis } from '#domain/analysis.ts'
import { endsJob, type JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import type { ModelSpec } from '#domain/model-spec.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { FinishedRun, finishedRun } from '#forecast/finished-run.ts'
import type { JobEvents } from './job-events.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'

/** The newest running times that are kept. */
const MOST_RUNNING_TIMES = 100
/** The newest runs of a model that are kept. */
const MOST_RUNS = 64
const RUNS_KEPT_SECONDS = 180 * 24 * 3600

/** What memory depends on besides the spec, of an analysis. */
export type AnalysisDemand = Pick<Analysis, 'kind' | 'options'>

/** What finished trainings have measured. Plans and admission use it to estimate later jobs. */
export class MeasurementStore {
  readonly #redis: Redis
  readonly #events: Pick<JobEvents, 'readEpochs'>
  readonly #tenant: string

  /** @param tenant whose finished runs can be read */
  constructor(redis: Redis, events: Pick<JobEvents, 'readEpochs'>, tenant = DEFAULT_TENANT) {
    this.#redis = redis
    this.#events = events
    this.#tenant = tenant
  }

  /** Records the measurements of a job when it ends. A failure is ignored, because only estimates depend on them. */
  async record(job: Job, events: readonly JobEvent[]): Promise<void> {
    const end = events.find(endsJob)
    if (!end) return
    await this.#recordRunningTime(job).catch(() => {})
    // A diverged training has epochs that no other training is like.
    if (end.type !== 'failed') await this.#recordRun(job).catch(() => {})
    // The peak of a killed training is only a lower bound of the memory that it needs: the next job must not be refused because of it.
    if (end.type === 'succeeded') await this.#recordPeak(job).catch(() => {})
  }

  /** The mean running time of the jobs and analyses that have ended last, of all tenants; undefined if none has. */
  async meanRunningSeconds(): Promise<number | undefined> {
    const seconds = (await this.#redis.lrange(redisKeys.runningTimes, 0, -1)).map(Number)
    return seconds.length === 0 ? undefined : seconds.reduce((sum, each) => sum + each, 0) / seconds.length
  }

  /** The last runs of a model by the tenant, newest first. */
  async finishedRuns(model: ModelSpec): Promise<FinishedRun[]> {
    const stored = await this.#redis.lrange(runsKey(this.#tenant, model), 0, -1)
    return stored.flatMap(text => FinishedRun.safeParse(JSON.parse(text)).data ?? [])
  }

  /**
   * The peak memory, in bytes, of the last successful training with such a spec, or of the last analysis of the kind with the same options, by engine; engines without
   * one are absent.
   */
  async peakMemory(spec: TrainingSpec, analysis?: AnalysisDemand): Promise<ReadonlyMap<string, number>> {
    const peaks = Object.entries(await this.#redis.hgetall(peaksKey(spec, analysis)))
    return new Map(peaks.map(([engine, bytes]) => [engine, Number(bytes)]))
  }

  async #recordRunningTime({ ranMs, runningSince, finishedAt }: Job): Promise<void> {
    if (runningSince === undefined || finishedAt === undefined) return
    const seconds = (ranMs + Date.parse(finishedAt) - Date.parse(runningSince)) / 1000
    await this.#redis
      .multi()
      .lpush(redisKeys.runningTimes, seconds)
      .ltrim(redisKeys.runningTimes, 0, MOST_RUNNING_TIMES - 1)
      .exec()
  }

  async #recordRun(job: Job): Promise<void> {
    const run = finishedRun(job, await this.#events.readEpochs(job))
    if (!run) return
    const key = runsKey(tenantOf(job), job.spec.model)
    await this.#redis
      .multi()
      .lpush(key, JSON.stringify(run))
      .ltrim(key, 0, MOST_RUNS - 1)
      .expire(key, RUNS_KEPT_SECONDS)
      .exec()
  }

  async #recordPeak({ spec, worker, peakMemoryBytes, analysis }: Job): Promise<void> {
    if (worker && peakMemoryBytes)
      await this.#redis.hset(peaksKey(spec, analysis), worker.engine, peakMemoryBytes)
  }
}

function runsKey(tenant: string, model: ModelSpec): string {
  return tenantKeys(tenant).runs(digestOf('preset' in model ? model : model.topology))
}

/** Names every part of a spec that memory depends on. */
function peaksKey(spec: TrainingSpec, analysis?: AnalysisDemand): string {
  const { model, dataset, batchSize, optimizer, augmentation, artifacts, epochs } = spec
  if (analysis)
    return redisKeys.peaks(digestOf([analysis.kind, analysis.options, model, dataset.id, batchSize]))
  // A second epoch needs more than the first; a third needs no more than the second.
  const varied = [optimizer.name, augmentation.length > 0, [...artifacts].sort(), Math.min(epochs, 2)]
  return redisKeys.peaks(digestOf([model, dataset.id, batchSize, ...varied]))
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
