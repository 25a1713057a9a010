import type {
  CloneRequest,
  DownloadArtifactData,
  DryRun,
  GetLayersResponse,
  GetMetricsData,
  GetMetricsResponse,
  GetTradeoffData,
  Job,
  JobChange,
  JobEvent,
  JobRequest,
  KeptCheckpoint,
  ListArtifactsResponse,
  ListedJob,
  ListJobsData,
  PredictData,
  Prediction,
  PredictionRequest,
  Tradeoff,
} from '../contract.ts'
import type { JobFrame } from '../frames.ts'
import { once, type SubmitOptions } from '../idempotency.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path, type Query } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'
import { Runs } from './runs.ts'

export type JobQuery = Omit<NonNullable<ListJobsData['query']>, 'after'> & { labels?: Record<string, string> }
export type ArtifactQuery = NonNullable<DownloadArtifactData['query']>
export type MetricsQuery = Omit<NonNullable<GetMetricsData['query']>, 'format'>
export type TradeoffQuery = Omit<NonNullable<GetTradeoffData['query']>, 'format'>
export type PredictQuery = NonNullable<PredictData['query']>
export type ManifestEntry = ListArtifactsResponse['data'][number]

export interface PlanOptions extends CallOptions {
  /** Recommends a scale c of the threshold for this sparsity. */
  sparsity?: number | undefined
}

/** Examples as JSON, as a blob whose type names their format (`text/csv`, `image/png`, ...), or as a form with files. */
export type Examples = PredictionRequest | Blob | FormData

interface JobTypes {
  record: Job
  cancelled: Job
  frame: JobFrame
  event: JobEvent
}

/** Training jobs: `/v1/jobs`. */
export class Jobs extends Runs<JobTypes> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    super(transport, 'job', '/v1/jobs')
    this.#transport = transport
  }

  /** Submits a job. */
  create(request: JobRequest, options: SubmitOptions = {}): Promise<Job> {
    return this.#transport.json('/v1/jobs', { ...once(options), body: request })
  }

  /** What `create` would run: the whole spec, sizes, a forecast and warnings. Nothing is stored. */
  plan(request: JobRequest, options: PlanOptions = {}): Promise<DryRun> {
    return this.#transport.json('/v1/jobs', dryRun(request, options))
  }

  /** Newest first unless `sort` and `order` say otherwise. */
  list({ labels = {}, ...query }: JobQuery = {}, options: CallOptions = {}): Pages<ListedJob> {
    const byLabel = Object.entries(labels).map(([key, value]) => [`label.${key}`, value])
    return pagesOf(this.#transport, '/v1/jobs', { ...query, ...Object.fromEntries(byLabel) }, options)
  }

  /** Changes the name, labels or priority. */
  change(id: string, change: JobChange, options: CallOptions = {}): Promise<Job> {
    const request = { method: 'PATCH' as const, body: change, repeatable: true }
    return this.#transport.json(path`/v1/jobs/${id}`, { ...options, ...request })
  }

  /** Submits a job with the spec of another one, or continues that one with `continue`. */
  clone(id: string, request: CloneRequest = {}, options: SubmitOptions = {}): Promise<Job> {
    return this.#transport.json(path`/v1/jobs/${id}/clone`, { ...once(options), body: request })
  }

  /** What `clone` would run. Nothing is stored. */
  planClone(id: string, request: CloneRequest = {}, options: PlanOptions = {}): Promise<DryRun> {
    return this.#transport.json(path`/v1/jobs/${id}/clone`, dryRun(request, options))
  }

  pause(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#transport.json(path`/v1/jobs/${id}/pause`, { ...options, ...ACTION })
  }

  resume(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#transport.json(path`/v1/jobs/${id}/resume`, { ...options, ...ACTION })
  }

  /** The metrics of every epoch, or of at most `maxPoints` of them. */
  metrics(id: string, query: MetricsQuery = {}, options: CallOptions = {}): Promise<GetMetricsResponse> {
    return this.#transport.json(path`/v1/jobs/${id}/metrics`, { ...options, query })
  }

  /** The metrics as CSV with a header row, without those of single layers: a fraction of the bytes. */
  metricsCsv(id: string, query: MetricsQuery = {}, options: CallOptions = {}): Promise<string> {
    return this.#transport.text(path`/v1/jobs/${id}/metrics`, {
      ...options,
      query: { ...query, format: 'csv' },
    })
  }

  /** Non-zero weights of every layer after every epoch. */
  layers(id: string, options: CallOptions = {}): Promise<GetLayersResponse> {
    return this.#transport.json(path`/v1/jobs/${id}/layers`, options)
  }

  checkpoints(id: string, options: CallOptions = {}): Pages<KeptCheckpoint> {
    return pagesOf(this.#transport, path`/v1/jobs/${id}/checkpoints`, {}, options)
  }

  artifacts(id: string, options: CallOptions = {}): Pages<ManifestEntry> {
    return pagesOf(this.#transport, path`/v1/jobs/${id}/artifacts`, {}, options)
  }

  /** An artifact as an answer whose body is not read yet. `download` of `@thresher/client/files` writes a verified file. */
  artifact(
    id: string,
    name: string,
    query: ArtifactQuery = {},
    options: CallOptions = {},
  ): Promise<Response> {
    const at = path`/v1/jobs/${id}/artifacts/${name}`
    return this.#transport.send(at, { ...options, query: query as Query })
  }

  /** Accuracy against sparsity and bytes: the newest measured trade-off of the job. */
  tradeoff(id: string, query: TradeoffQuery = {}, options: CallOptions = {}): Promise<Tradeoff> {
    return this.#transport.json(path`/v1/jobs/${id}/tradeoff`, { ...options, query })
  }

  predict(
    id: string,
    examples: Examples,
    query: PredictQuery = {},
    options: CallOptions = {},
  ): Promise<Prediction> {
    const request = { method: 'POST' as const, query, body: examples, repeatable: true }
    return this.#transport.json(path`/v1/jobs/${id}/predict`, { ...options, ...request })
  }
}

/** A second request of these has no further effect. */
const ACTION = { method: 'POST', repeatable: true } as const

function dryRun(body: object, { sparsity, ...options }: PlanOptions) {
  return {
    ...options,
    ...{ method: 'POST' as const, query: { dryRun: true, sparsity }, body, repeatable: true },
  }
}
