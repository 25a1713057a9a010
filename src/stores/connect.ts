import type { Redis } from 'ioredis'
import type { Config } from '#src/config.ts'
import { AnalysisIndex } from './analysis-index.ts'
import type { BlobStore } from './blobs/blob-store.ts'
import { openBlobStore } from './blobs/open-blob-store.ts'
import { ExportStore } from './export-store.ts'
import { IdempotencyStore } from './idempotency-store.ts'
import { JobControl } from './job-control.ts'
import { JobEvents } from './job-events.ts'
import { JobIndex } from './job-index.ts'
import { JobQueue } from './job-queue.ts'
import { JobStore } from './job-store.ts'
import { MeasurementStore } from './measurement-store.ts'
import { RecordStore } from './record-store.ts'
import { connectRedis, type QueueConnection } from './redis-connections.ts'
import { redisKeys } from './redis-keys.ts'
import { SweepControl } from './sweep-control.ts'
import { SweepStore } from './sweep-store.ts'
import type { DatasetRecord, ModelRecord } from './upload-records.ts'
import { WorkerRegistry } from './worker-registry.ts'

type StoresConfig = Pick<Config, 'redisUrl' | 'artifactUrl'> & Partial<Pick<Config, 'redisCredentials'>>

/** Everything that is stored in Redis and in the blob store, one store for each purpose. */
export interface Stores {
  redis: Redis
  jobs: JobStore
  jobIndex: JobIndex
  analyses: JobStore
  analysisIndex: AnalysisIndex
  /** Everything that workers run: jobs and analyses. */
  work: JobStore
  sweeps: SweepStore
  sweepControl: SweepControl
  idempotency: IdempotencyStore
  exports: ExportStore
  measurements: MeasurementStore
  events: JobEvents
  queue: JobQueue
  control: JobControl
  workers: WorkerRegistry
  blobs: BlobStore
  datasets: RecordStore<DatasetRecord>
  models: RecordStore<ModelRecord>
  /** Acquires a lease for this process for `durationMs`. @returns false while another process holds it */
  lease(duty: string, durationMs: number): Promise<boolean>
  /** Another connection to the same Redis; `close` ends it too. */
  duplicate(): Redis
  /** A connection for `createJobWorker`; `close` ends it too. */
  blockingConnection(): QueueConnection
  close(): Promise<void>
}

/**
 * Connects to Redis and the blob store. Only the mains call this.
 * @throws Error when REDIS_URL or ARTIFACT_URL is missing or wrong, or when Redis does not answer
 */
export async function connectStores(config: StoresConfig): Promise<Stores> {
  const connections = await connectRedis(config.redisUrl, config.redisCredentials)
  const { commands: redis, subscriber } = connections
  const queue = new JobQueue(connections.queue)
  const events = new JobEvents(redis, subscriber)
  return {
    redis,
    jobs: new JobStore(redis, 'job'),
    jobIndex: new JobIndex(redis),
    analyses: new JobStore(redis, 'analysis'),
    analysisIndex: new AnalysisIndex(redis),
    work: new JobStore(redis),
    sweeps: new SweepStore(redis),
    sweepControl: new SweepControl(redis, subscriber),
    idempotency: new IdempotencyStore(redis),
    exports: new ExportStore(redis),
    measurements: new MeasurementStore(redis, events),
    events,
    queue,
    control: new JobControl(redis, subscriber),
    workers: new WorkerRegistry(redis),
    blobs: await openBlobStore(config.artifactUrl, connections.bulk),
    datasets: new RecordStore(redis, 'dataset'),
    models: new RecordStore(redis, 'model'),
    lease: async (duty, durationMs) =>
      (await redis.set(redisKeys.lease(duty), process.pid, 'PX', durationMs, 'NX')) === 'OK',
    duplicate: connections.duplicate,
    blockingConnection: connections.blocking,
    async close() {
      await queue.close()
      connections.close()
    },
  }
}
