export type { ArtifactSource } from './artifact-source.ts'
export type * from './contract.ts'
export { downloadBlob } from './download-blob.ts'
export type { DownloadOptions, DownloadProgress } from './download-options.ts'
export * from './errors.ts'
export type { AnalysisFrame, AnalysisProgress, JobFrame, JobProgress } from './frames.ts'
export type { SubmitOptions } from './idempotency.ts'
export type { Page, Pages } from './pages.ts'
export { DownloadError } from './representation.ts'
export type { AnalysisQuery } from './resources/analyses.ts'
export type { AuditQuery } from './resources/audit.ts'
export type { DatasetQuery } from './resources/datasets.ts'
export type {
  ArtifactQuery,
  Examples,
  JobQuery,
  MetricsQuery,
  PlanOptions,
  PredictQuery,
  TradeoffQuery,
} from './resources/jobs.ts'
export type { KeyQuery } from './resources/keys.ts'
export type { ModelArtifactQuery, ModelFiles, ModelQuery } from './resources/models.ts'
export type { SweepQuery } from './resources/sweeps.ts'
export type { UsageQuery } from './resources/usage.ts'
export type { JobStream, StreamOptions } from './stream.ts'
export { type Contract, Thresher } from './thresher.ts'
export type { CallOptions, ClientOptions, RequestOptions } from './transport.ts'
export type { Uploadable, UploadOptions } from './upload.ts'
export type { DatasetUploadOptions } from './upload-in-chunks.ts'
export type { UploadProgress } from './upload-progress.ts'
export type { WatchOptions } from './watch.ts'
