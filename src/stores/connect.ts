import type { Redis } from 'ioredis'
import { DEFAULT_TENANT, type Owner } from '#access/owner.ts'
import type { Config } from '#src/config.ts'
import { AnalysisIndex } from './analysis-index.ts'
import { AuditStore } from './audit-store.ts'
import type { BlobStore } from './blobs/blob-store.ts'
import { openBlobStore } from './blobs/open-blob-store.ts'
import { DatasetStore } from './dataset-store.ts'
import { DeliveryStore } from './delivery-store.ts'
import { Expirations } from './expirations.ts'
import { ExportStore } from './export-store.ts'
import { IdempotencyStore } from './idempotency-store.ts'
import { JobControl } from './job-control.ts'
import { JobEvents } from './job-events.ts'
import { JobIndex } from './job-index.ts'
import { JobQueue } from './job-queue.ts'
import { JobStore, type SharedByStores } from './job-store.ts'
import { KeyStore } from './key-store.ts'
import { MeasurementStore } from './measurement-store.ts'
import { ModelStore } from './model-store.ts'
import { RecordStore } from './record-store.ts'
import { connectRedis, type QueueConnection } from './redis-connections.ts'
import { redisKeys } from './redis-keys.ts'
import { SpecCache } from './spec-cache.ts'
import { SweepControl } from './sweep-control.ts'
import { SweepStore } from './sweep-store.ts'
import { TenantStore } from './tenant-store.ts'
import { TicketStore } from './ticket-store.ts'
import type { ModelRecord } from './upload-records.ts'
import { UsageStore } from './usage-store.ts'
import { WaitingJobs } from './waiting-jobs.ts'
import { WebhookOutbox } from './webhook-outbox.ts'
import { WebhookStore } from './webhook-store.ts'
import { WorkerRegistry } from './worker-registry.ts'

type StoresConfig = Pick<Config, 'redisUrl' | 'artifactUrl'> &
  Partial<Pick<Config, 'redisCredentials'>> &
  Kept

/** Everything that is stored in Redis and in the blob store, one store for each purpose, without regard to tenants. */
export interface ServiceStores {
  redis: Redis
  /** Everything that workers run: the jobs and analyses of all tenants. */
  work: JobStore
  allSweeps: SweepStore
  /** Of all tenants. It cannot list them. */
  allDatasets: Omit<DatasetStore, 'list' | 'all' | 'has' | 'create' | 'announce'>
  allModels: Pick<RecordStore<ModelRecord>, 'get'>
  sweepControl: SweepControl
  exports: ExportStore
  expirations: Expirations
  measurements: MeasurementStore
  events: JobEvents
  queue: JobQueue
  control: JobControl
  waiting: WaitingJobs
  workers: WorkerRegistry
  usage: UsageStore
  audit: AuditStore
  blobs: BlobStore
  allWebhooks: Pick<WebhookStore, 'require' | 'revise' | 'due'>
  deliveries: DeliveryStore
  outbox: WebhookOutbox
  keys: KeyStore
  tickets: TicketStore
  tenantSettings: TenantStore
  /** Acquires a lease for this process for `durationMs`. @returns false while another process holds it */
  lease(duty: string, durationMs: number): Promise<boolean>
  /** Another connection to the same Redis; `close` ends it too. */
  duplicate(): Redis
  /** A connection for `createJobWorker`; `close` ends it too. */
  blockingConnection(): QueueConnection
  close(): Promise<void>
  /** The names of all tenants. */
  tenants(): Promise<string[]>
  /** The stores of one tenant. */
  of(owner: Owner): Stores
}

/** The stores of one tenant: another tenant's records do not exist in them. */
export interface Stores extends ServiceStores {
  /** The owner of new records. */
  owner: Owner
  jobs: JobStore
  jobIndex: JobIndex
  analyses: JobStore
  analysisIndex: AnalysisIndex
  sweeps: SweepStore
  webhooks: WebhookStore
  idempotency: IdempotencyStore
  datasets: DatasetStore
  models: ModelStore
}

/** How long records are kept; absent: the default of their store. */
type Kept = Partial<Pick<Config, 'usageKeptDays' | 'auditKeptDays' | 'auditKeptRecords' | 'historyEvents'>>

/**
 * Connects to Redis and the blob store. Only the mains call this.
 * @throws Error when REDIS_URL or ARTIFACT_URL is missing or wrong, or when Redis does not answer
 */
export async function connectStores(config: StoresConfig): Promise<ServiceStores> {
  const connections = await connectRedis(config.redisUrl, config.redisCredentials)
  const { commands: redis, subscriber } = connections
  const queue = new JobQueue(connections.queue)
  const events = new JobEvents(redis, subscriber)
  const shared = { specs: new SpecCache(), historyEvents: config.historyEvents }
  const service: ServiceStores = {
    redis,
    work: new JobStore(redis, shared),
    ...storesOfAllTenants(redis, subscriber, config),
    sweepControl: new SweepControl(redis, subscriber),
    exports: new ExportStore(redis),
    measurements: new MeasurementStore(redis, events),
    events,
    queue,
    control: new JobControl(redis, subscriber),
    waiting: new WaitingJobs(redis),
    workers: new WorkerRegistry(redis),
    blobs: await openBlobStore(config.artifactUrl, connections.bulk),
    ...accessStores(redis, subscriber),
    lease: async (duty, durationMs) =>
      (await redis.set(redisKeys.lease(duty), process.pid, 'PX', durationMs, 'NX')) === 'OK',
    duplicate: connections.duplicate,
    blockingConnection: connections.blocking,
    async close() {
      await service.usage.flush().catch(() => {})
      await queue.close()
      connections.close()
    },
    tenants: async () => [DEFAULT_TENANT, ...(await redis.smembers(redisKeys.tenants)).sort()],
    of: owner => bindStores(service, shared, owner),
  }
  return service
}

function storesOfAllTenants(
  redis: Redis,
  subscriber: Redis,
  { usageKeptDays, auditKeptDays, auditKeptRecords }: Kept,
) {
  return {
    usage: new UsageStore(redis, usageKeptDays),
    audit: new AuditStore(redis, auditKeptDays, auditKeptRecords),
    allSweeps: new SweepStore(redis),
    allDatasets: new DatasetStore(redis),
    allModels: new RecordStore<ModelRecord>(redis, 'model'),
    allWebhooks: new WebhookStore(redis),
    expirations: new Expirations(redis),
    deliveries: new DeliveryStore(redis),
    outbox: new WebhookOutbox(redis, subscriber),
  }
}

function accessStores(redis: Redis, subscriber: Redis) {
  return {
    keys: new KeyStore(redis, subscriber),
    tickets: new TicketStore(redis),
    tenantSettings: new TenantStore(redis),
  }
}

function bindStores(service: ServiceStores, shared: SharedByStores, owner: Owner): Stores {
  const { redis, events } = service
  const { tenant } = owner
  return {
    ...service,
    owner,
    jobs: new JobStore(redis, shared, { kind: 'job', tenant }),
    jobIndex: new JobIndex(redis, tenant),
    analyses: new JobStore(redis, shared, { kind: 'analysis', tenant }),
    analysisIndex: new AnalysisIndex(redis, tenant),
    sweeps: new SweepStore(redis, tenant),
    webhooks: new WebhookStore(redis, tenant),
    idempotency: new IdempotencyStore(redis),
    datasets: new DatasetStore(redis, tenant),
    models: new ModelStore(redis, tenant),
    measurements: new MeasurementStore(redis, events, tenant),
  }
}
