/** The prefix of the keys of a tenant. */
const of = (tenant: string) => (tenant === 'default' ? 'thresher' : `thresher:@${tenant}`)

/** Every key this service owns in Redis; BullMQ's live under `thresher:bull`. */
export const redisKeys = {
  job: (jobId: string) => `thresher:job:${jobId}`,
  events: (jobId: string) => `thresher:events:${jobId}`,
  progress: (jobId: string) => `thresher:progress:${jobId}`,
  exports: (jobId: string) => `thresher:exports:${jobId}`,
  record: (kind: string, id: string) => `thresher:${kind}:${id}`,
  allRecords: (kind: string) => `thresher:${kind}s`,
  sweep: (sweepId: string) => `thresher:sweep:${sweepId}`,
  allSweeps: 'thresher:sweeps',
  /** The sweeps that are running or being cancelled. */
  activeSweeps: 'thresher:sweeps:active',
  allJobs: 'thresher:jobs',
  jobsByStatus: (status: string) => `thresher:jobs:status:${status}`,
  jobsByMetric: (metric: string) => `thresher:jobs:metric:${metric}`,
  /** Set once every job is in the indexes of this version. */
  jobIndexes: 'thresher:jobs:indexes',
  jobsByLabel: (key: string, value: string) => `thresher:jobs:label:${key}=${value}`,
  jobsBySweep: (sweepId: string) => `thresher:jobs:sweep:${sweepId}`,
  allAnalyses: 'thresher:analyses',
  analysesByStatus: (status: string) => `thresher:analyses:status:${status}`,
  /** The analyses of a job. */
  analysesByJob: (jobId: string) => `thresher:analyses:job:${jobId}`,
  blobNamespaces: 'thresher:blobs',
  blobs: (namespace: string) => `thresher:blobs:${namespace}`,
  /** The prefix of the keys of all chunks, for scripts that build them. */
  blobChunks: 'thresher:blob:',
  blobChunk: (id: string, index: number) => `thresher:blob:${id}:${index}`,
  idempotency: (scope: string) => `thresher:idempotency:${scope}`,
  workers: 'thresher:workers',
  worker: (workerId: string) => `thresher:worker:${workerId}`,
  /** Earlier versions also stored rates, under `thresher:rates`. @param model a digest */
  runs: (model: string) => `thresher:runs:${model}`,
  uploadOwner: (owner: string) => `thresher:upload-owner:${owner}`,
  /** Earlier versions also stored the peaks of killed trainings, under `thresher:peaks`. */
  peaks: (digest: string) => `thresher:succeeded-peaks:${digest}`,
  webhook: (tenant: string, webhookId: string) => `${of(tenant)}:webhook:${webhookId}`,
  allWebhooks: (tenant: string) => `${of(tenant)}:webhooks`,
  /** The deliveries of a webhook by id. */
  deliveries: (tenant: string, webhookId: string) => `${of(tenant)}:webhook:${webhookId}:deliveries`,
  /** Their ids: all, those that are pending by the time of the next attempt, and those that have ended by the time of that. */
  deliveryIds: (tenant: string, webhookId: string) => `${of(tenant)}:webhook:${webhookId}:ids`,
  dueDeliveries: (tenant: string, webhookId: string) => `${of(tenant)}:webhook:${webhookId}:due`,
  endedDeliveries: (tenant: string, webhookId: string) => `${of(tenant)}:webhook:${webhookId}:ended`,
  /** The webhooks with pending deliveries by the time of the next attempt. */
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
} as const
