import { DEFAULT_TENANT } from '#access/owner.ts'

/** The keys in Redis that do not belong to one tenant; BullMQ's are under `thresher:bull`. */
export const redisKeys = {
  job: (jobId: string) => `thresher:job:${jobId}`,
  events: (jobId: string) => `thresher:events:${jobId}`,
  /** The epochs of the events that were trimmed: batches of `encodeArchive`. */
  archive: (jobId: string) => `thresher:archive:${jobId}`,
  progress: (jobId: string) => `thresher:progress:${jobId}`,
  exports: (jobId: string) => `thresher:exports:${jobId}`,
  record: (kind: string, id: string) => `thresher:${kind}:${id}`,
  sweep: (sweepId: string) => `thresher:sweep:${sweepId}`,
  /** The sweeps that are running or being cancelled. */
  activeSweeps: 'thresher:sweeps:active',
  /** Set once every job of an earlier version is in the indexes of this version. */
  jobIndexes: 'thresher:jobs:indexes',
  /** Jobs and analyses that are released to workers: in BullMQ, or with a worker. Scores are times. */
  released: 'thresher:work:released',
  /** The tenants with waiting jobs; the one with the smallest score is served next. */
  shares: 'thresher:work:shares',
  /** The last score of every tenant in `shares`; field `*`: of the tenant that was served last. */
  passes: 'thresher:work:passes',
  /** Paused jobs that continue by themselves; scores are times. */
  resumptions: 'thresher:work:resumptions',
  /** The running times of the jobs and analyses that have ended last, in seconds. */
  runningTimes: 'thresher:work:running-times',
  /** Jobs that have ended and whose files expire; scores are times. */
  expirations: 'thresher:jobs:expirations',
  /** The tenants that have keys, besides the default tenant. */
  tenants: 'thresher:tenants',
  /** The settings of tenants, by tenant. */
  tenantSettings: 'thresher:tenant-settings',
  /** The keys of the service by id: their facts and the digest of their text. */
  keys: 'thresher:keys',
  keyIds: 'thresher:keys:ids',
  keysUsed: 'thresher:keys:used',
  ticket: (digest: string) => `thresher:ticket:${digest}`,
  /** The unfinished jobs and analyses that need a dataset. */
  usersOf: (id: string) => `thresher:users:${id}`,
  blobNamespaces: 'thresher:blobs',
  blobs: (namespace: string) => `thresher:blobs:${namespace}`,
  blobChunk: (id: string, index: number) => `thresher:blob:${id}:${index}`,
  idempotency: (scope: string) => `thresher:idempotency:${scope}`,
  /** Audit records of requests that failed to authenticate. */
  failedAuthentications: 'thresher:audit:failed',
  rate: (caller: string) => `thresher:rate:${caller}`,
  workers: 'thresher:workers',
  worker: (workerId: string) => `thresher:worker:${workerId}`,
  /** The datasets that are uploaded in chunks; scores are the times of their last chunks. */
  uploads: 'thresher:uploads',
  uploadOwner: (owner: string) => `thresher:upload-owner:${owner}`,
  /** Earlier versions also stored the peaks of killed trainings, under `thresher:peaks`. */
  peaks: (digest: string) => `thresher:succeeded-peaks:${digest}`,
  webhook: (webhookId: string) => `thresher:webhook:${webhookId}`,
  /** The deliveries of a webhook by id. */
  deliveries: (webhookId: string) => `thresher:webhook:${webhookId}:deliveries`,
  /** Their ids: all, those that are pending by the time of the next attempt, and those that have ended by the time of that. */
  deliveryIds: (webhookId: string) => `thresher:webhook:${webhookId}:ids`,
  dueDeliveries: (webhookId: string) => `thresher:webhook:${webhookId}:due`,
  endedDeliveries: (webhookId: string) => `thresher:webhook:${webhookId}:ended`,
  /** The webhooks of all tenants with pending deliveries, by the time of the next attempt. */
  dueWebhooks: 'thresher:webhooks:due',
  /** The tenants that have webhooks. */
  webhookTenants: 'thresher:webhooks:tenants',
  /** The events of these tenants that have no deliveries yet. */
  outbox: 'thresher:outbox',
  lease: (duty: string) => `thresher:lease:${duty}`,
  bull: 'thresher:bull',
  /** Pub/sub channels. */
  jobChannel: (jobId: string) => `thresher:live:${jobId}`,
  controlChannel: 'thresher:control',
  sweepChannel: 'thresher:live-sweeps',
  webhookChannel: 'thresher:live-webhooks',
  keyChannel: 'thresher:changed-keys',
} as const

export type TenantKeys = ReturnType<typeof keysBelow>

/** Far above the number of tenants that one process serves at a time. */
const MOST_KNOWN = 10_000
const known = new Map<string, TenantKeys>()

/** The keys of the indexes of one tenant. The default tenant has the names of the versions without tenants. */
export function tenantKeys(tenant: string): TenantKeys {
  const found = known.get(tenant)
  if (found) return found
  const made = keysBelow(tenant === DEFAULT_TENANT ? 'thresher' : `thresher:@${tenant}`)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(tenant, made)
  return made
}

function keysBelow(root: string) {
  return {
    allRecords: (kind: string) => `${root}:${kind}s`,
    /** The last version number of every name of a registered model. */
    modelNumbers: `${root}:models:numbers`,
    /** The versions of a name: ids of models by version. */
    modelVersions: (name: string) => `${root}:models:versions:${name}`,
    /** The unfinished jobs that need a registered model. @param modelId `name@version` */
    usersOfModel: (modelId: string) => `${root}:models:users:${modelId}`,
    allSweeps: `${root}:sweeps`,
    allWebhooks: `${root}:webhooks`,
    keyIds: `${root}:key-ids`,
    allJobs: `${root}:jobs`,
    jobsByStatus: (status: string) => `${root}:jobs:status:${status}`,
    jobsByMetric: (metric: string) => `${root}:jobs:metric:${metric}`,
    jobsByLabel: (key: string, value: string) => `${root}:jobs:label:${key}=${value}`,
    jobsBySweep: (sweepId: string) => `${root}:jobs:sweep:${sweepId}`,
    allAnalyses: `${root}:analyses`,
    analysesByStatus: (status: string) => `${root}:analyses:status:${status}`,
    /** The waiting jobs and analyses of one lane. */
    waiting: (lane: string) => `${root}:waiting:${lane}`,
    /** The lanes with waiting jobs. */
    lanes: `${root}:lanes`,
    released: `${root}:released`,
    releasedOf: (lane: string) => `${root}:released:${lane}`,
    /** The queued and the paused jobs and analyses of one lane. */
    pendingOf: (lane: string) => `${root}:pending:${lane}`,
    /** Bytes of the files of each job, analysis, dataset and model. */
    recordBytes: `${root}:bytes`,
    /** Sums of `recordBytes` by key id; field `*`: of all. */
    storedBytes: `${root}:stored-bytes`,
    /** The analyses of a job. */
    analysesByJob: (jobId: string) => `${root}:analyses:job:${jobId}`,
    /** Earlier versions also stored rates, under `thresher:rates`. @param model a digest */
    runs: (model: string) => `${root}:runs:${model}`,
    audit: `${root}:audit`,
    /** What the keys of the tenant have used on a UTC day. */
    usage: (day: string) => `${root}:usage:${day}`,
  }
}
