/** Every key this service owns in Redis; BullMQ's live under `thresher:bull`. */
export const redisKeys = {
  job: (jobId: string) => `thresher:job:${jobId}`,
  events: (jobId: string) => `thresher:events:${jobId}`,
  progress: (jobId: string) => `thresher:progress:${jobId}`,
  exports: (jobId: string) => `thresher:exports:${jobId}`,
  record: (kind: string, id: string) => `thresher:${kind}:${id}`,
  allRecords: (kind: string) => `thresher:${kind}s`,
  allJobs: 'thresher:jobs',
  jobsByStatus: (status: string) => `thresher:jobs:status:${status}`,
  jobsByMetric: (metric: string) => `thresher:jobs:metric:${metric}`,
  /** Set once every job is in the indexes that this version has. */
  jobIndexes: 'thresher:jobs:indexes',
  jobsByLabel: (key: string, value: string) => `thresher:jobs:label:${key}=${value}`,
  blobNamespaces: 'thresher:blobs',
  blobs: (namespace: string) => `thresher:blobs:${namespace}`,
  /** What the keys of all chunks begin with, for scripts that name them. */
  blobChunks: 'thresher:blob:',
  blobChunk: (id: string, index: number) => `thresher:blob:${id}:${index}`,
  idempotency: (scope: string) => `thresher:idempotency:${scope}`,
  workers: 'thresher:workers',
  worker: (workerId: string) => `thresher:worker:${workerId}`,
  rates: (preset: string) => `thresher:rates:${preset}`,
  uploadOwner: (owner: string) => `thresher:upload-owner:${owner}`,
  /** Earlier versions kept those of killed trainings too, as `thresher:peaks`. */
  peaks: (digest: string) => `thresher:succeeded-peaks:${digest}`,
  lease: (duty: string) => `thresher:lease:${duty}`,
  bull: 'thresher:bull',
  /** Pub/sub channels. */
  jobChannel: (jobId: string) => `thresher:live:${jobId}`,
  controlChannel: 'thresher:control',
} as const
