import { DEFAULT_TENANT } from '#access/owner.ts'

/** The keys in Redis that do not belong to one tenant; BullMQ's are under `thresher:bull`. */
export const redisKeys = {
  job: (jobId: string) => `thresher:job:${jobId}`,
  events: (jobId: string) => `thresher:events:${jobId}`,
  progress: (jobId: string) => `thresher:progress:${jobId}`,
  exports: (jobId: string) => `thresher:exports:${jobId}`,
  record: (kind: string, id: string) => `thresher:${kind}:${id}`,
  sweep: (sweepId: string) => `thresher:sweep:${sweepId}`,
  /** The sweeps that are running or being cancelled. */
  activeSweeps: 'thresher:sweeps:active',
  /** Set once every job of an earlier version is in the indexes of this version. */
  jobIndexes: 'thresher:jobs:indexes',
  /** The tenants that have keys, besides the default tenant. */
  tenants: 'thresher:tenants',
  /** The unfinished jobs and analyses that need a dataset or a model. */
  usersOf: (id: string) => `thresher:users:${id}`,
  blobNamespaces: 'thresher:blobs',
  blobs: (namespace: string) => `thresher:blobs:${namespace}`,
  blobChunk: (id: string, index: number) => `thresher:blob:${id}:${index}`,
  idempotency: (scope: string) => `thresher:idempotency:${scope}`,
  workers: 'thresher:workers',
  worker: (workerId: string) => `thresher:worker:${workerId}`,
  uploadOwner: (owner: string) => `thresher:upload-owner:${owner}`,
  /** Earlier versions also stored the peaks of killed trainings, under `thresher:peaks`. */
  peaks: (digest: string) => `thresher:succeeded-peaks:${digest}`,
  lease: (duty: string) => `thresher:lease:${duty}`,
  bull: 'thresher:bull',
  /** Pub/sub channels. */
  jobChannel: (jobId: string) => `thresher:live:${jobId}`,
  controlChannel: 'thresher:control',
  sweepChannel: 'thresher:live-sweeps',
} as const

/** The keys of the indexes of one tenant. The default tenant has the names of the versions without tenants. */
export function tenantKeys(tenant: string) {
  const root = tenant === DEFAULT_TENANT ? 'thresher' : `thresher:@${tenant}`
  return {
    allRecords: (kind: string) => `${root}:${kind}s`,
    allSweeps: `${root}:sweeps`,
    allJobs: `${root}:jobs`,
    jobsByStatus: (status: string) => `${root}:jobs:status:${status}`,
    jobsByMetric: (metric: string) => `${root}:jobs:metric:${metric}`,
    jobsByLabel: (key: string, value: string) => `${root}:jobs:label:${key}=${value}`,
    jobsBySweep: (sweepId: string) => `${root}:jobs:sweep:${sweepId}`,
    allAnalyses: `${root}:analyses`,
    analysesByStatus: (status: string) => `${root}:analyses:status:${status}`,
    /** The analyses of a job. */
    analysesByJob: (jobId: string) => `${root}:analyses:job:${jobId}`,
    /** Earlier versions also stored rates, under `thresher:rates`. @param model a digest */
    runs: (model: string) => `${root}:runs:${model}`,
  }
}
