import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import type { ModelSpec } from '#domain/model-spec.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { redisKeys } from './redis-keys.ts'

/** The last measured speed and memory of trainings, by engine. Plans and admission use them to estimate those of new jobs. */
export class MeasurementStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Records the measurements in new events of a job. A failure is ignored, because only estimates depend on them. */
  async record(job: Job, events: readonly JobEvent[]): Promise<void> {
    const epoch = events.findLast(event => event.type === 'epoch')
    if (epoch?.type === 'epoch') await this.#recordRate(job, epoch.data.examplesPerSecond).catch(() => {})
    // The peak of a killed training is only a lower bound of the memory that it needs: the next job must not be refused because of it.
    if (events.some(({ type }) => type === 'succeeded')) await this.#recordPeak(job).catch(() => {})
  }

  /** The last measured examples per second of a model, on the fastest of the engines; undefined if none was measured. */
  async examplesPerSecond(model: ModelSpec, engines: readonly string[]): Promise<number | undefined> {
    if (engines.length === 0) return undefined
    const rates = await this.#redis.hmget(ratesKey(model), ...engines)
    const known = rates.filter(rate => rate !== null).map(Number)
    return known.length === 0 ? undefined : Math.max(...known)
  }

  /**
   * The peak memory, in bytes, of the last successful training with such a spec, or of the last such analysis, by engine; engines without
   * one are absent.
   */
  async peakMemory(spec: TrainingSpec, analysis?: string): Promise<ReadonlyMap<string, number>> {
    const peaks = Object.entries(await this.#redis.hgetall(peaksKey(spec, analysis)))
    return new Map(peaks.map(([engine, bytes]) => [engine, Number(bytes)]))
  }

  async #recordRate({ spec, worker }: Job, examplesPerSecond: number): Promise<void> {
    if (worker) await this.#redis.hset(ratesKey(spec.model), worker.engine, examplesPerSecond)
  }

  async #recordPeak({ spec, worker, peakMemoryBytes, analysis }: Job): Promise<void> {
    if (worker && peakMemoryBytes)
      await this.#redis.hset(peaksKey(spec, analysis?.kind), worker.engine, peakMemoryBytes)
  }
}

function ratesKey(model: ModelSpec): string {
  if ('preset' in model) return redisKeys.rates(model.preset)
  return redisKeys.rates(digestOf(model.topology))
}

/** Names every part of a spec that memory depends on. */
function peaksKey(spec: TrainingSpec, analysis?: string): string {
  const { model, dataset, batchSize, optimizer, augmentation, artifacts, epochs } = spec
  if (analysis !== undefined) return redisKeys.peaks(digestOf([analysis, model, dataset.id, batchSize]))
  // A second epoch needs more than the first; a third needs no more than the second.
  const varied = [optimizer.name, augmentation.length > 0, [...artifacts].sort(), Math.min(epochs, 2)]
  return redisKeys.peaks(digestOf([model, dataset.id, batchSize, ...varied]))
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
