import type {
  CloneRequest,
  DownloadArtifactData,
  DryRun,
  GetLayersResponse,
  GetMetricsData,
  GetMetricsResponse,
  Job,
  JobChange,
  JobEvent,
  JobRequest,
  KeptCheckpoint,
  ListArtifactsResponse,
  ListedJob,
  ListJobsData,
  Prediction,
  PredictionRequest,
  Tradeoff,
} from './contract.ts'
import { type Pages, pagesOf } from './pages.ts'
import type { CallOptions, Query, Transport } from './transport.ts'
import { type JobFrame, type WatchOptions, watchJob } from './watch.ts'

export type JobQuery = Omit<NonNullable<ListJobsData['query']>, 'after'> & { labels?: Record<string, string> }
export type ArtifactQuery = NonNullable<DownloadArtifactData['query']>
export type ManifestEntry = ListArtifactsResponse['data'][number]

export interface SubmitOptions extends CallOptions {
  /** Default: a random key for each call, so that a request whose answer was lost is repeated without a second job. */
  idempotencyKey?: string
}

export interface PlanOptions extends CallOptions {
  /** Recommends a scale c of the threshold for this sparsity. */
  sparsity?: number
}

/** Training jobs: `/v1/jobs`. */
export class Jobs {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Submits a job. */
  create(request: JobRequest, options: SubmitOptions = {}): Promise<Job> {
    return this.#transport.json('/v1/jobs', { method: 'POST', body: request, ...idempotent(options) })
  }

  /** What `create` would run: the whole spec, sizes, a forecast and warnings. Nothing is stored. */
  plan(request: JobRequest, { sparsity, signal }: PlanOptions = {}): Promise<DryRun> {
    const query = { dryRun: true, sparsity }
    return this.#transport.json('/v1/jobs', {
      method: 'POST',
      query,
      body: request,
      ...(signal && { signal }),
    })
  }

  get(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#transport.json(`/v1/jobs/${id}`, options)
  }

  list({ labels = {}, ...query }: JobQuery = {}): Pages<ListedJob> {
    const byLabel = Object.entries(labels).map(([key, value]) => [`label.${key}`, value])
    return pagesOf(this.#transport, '/v1/jobs', { ...query, ...Object.fromEntries(byLabel) } as Query)
  }

  change(id: string, change: JobChange, options: CallOptions = {}): Promise<Job> {
    return this.#transport.json(`/v1/jobs/${id}`, { method: 'PATCH', body: change, ...options })
  }

  clone(id: string, request: CloneRequest = {}, options: SubmitOptions = {}): Promise<Job> {
    return this.#transport.json(`/v1/jobs/${id}/clone`, {
      method: 'POST',
      body: request,
      ...idempotent(options),
    })
  }

  cancel(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#transport.json(`/v1/jobs/${id}/cancel`, { method: 'POST', ...options })
  }

  pause(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#transport.json(`/v1/jobs/${id}/pause`, { method: 'POST', ...options })
  }

  resume(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#transport.json(`/v1/jobs/${id}/resume`, { method: 'POST', ...options })
  }

  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.send(`/v1/jobs/${id}`, { method: 'DELETE', ...options })
  }

  /** Frames from `after` on until the job has ended, over as many connections as that takes. */
  watch(id: string, options: WatchOptions = {}): AsyncIterable<JobFrame> {
    return watchJob(this.#transport, id, options)
  }

  /** Resolves with the job once it has ended, however it ended. */
  async wait(id: string, options: WatchOptions = {}): Promise<Job> {
    for await (const _ of this.watch(id, options));
    return await this.get(id, options)
  }

  /** Stored events, oldest first. */
  events(id: string, { after }: { after?: number } = {}): Pages<JobEvent> {
    return pagesOf(this.#transport, `/v1/jobs/${id}/events`, { after })
  }

  metrics(
    id: string,
    query: GetMetricsData['query'] = {},
    options: CallOptions = {},
  ): Promise<GetMetricsResponse> {
    return this.#transport.json(`/v1/jobs/${id}/metrics`, { query, ...options })
  }

  layers(id: string, options: CallOptions = {}): Promise<GetLayersResponse> {
    return this.#transport.json(`/v1/jobs/${id}/layers`, options)
  }

  checkpoints(id: string): Pages<KeptCheckpoint> {
    return pagesOf(this.#transport, `/v1/jobs/${id}/checkpoints`)
  }

  artifacts(id: string): Pages<ManifestEntry> {
    return pagesOf(this.#transport, `/v1/jobs/${id}/artifacts`)
  }

  /** An artifact as an answer whose body is not read yet. `download` of `@thresher/client/files` writes a verified file. */
  artifact(
    id: string,
    name: string,
    query: ArtifactQuery = {},
    options: CallOptions = {},
  ): Promise<Response> {
    return this.#transport.send(`/v1/jobs/${id}/artifacts/${name}`, { query: query as Query, ...options })
  }

  tradeoff(id: string, options: CallOptions = {}): Promise<Tradeoff> {
    return this.#transport.json(`/v1/jobs/${id}/tradeoff`, options)
  }

  predict(id: string, request: PredictionRequest, options: CallOptions = {}): Promise<Prediction> {
    return this.#transport.json(`/v1/jobs/${id}/predict`, { method: 'POST', body: request, ...options })
  }
}

function idempotent({ idempotencyKey = crypto.randomUUID(), ...rest }: SubmitOptions) {
  return { headers: { 'idempotency-key': idempotencyKey }, ...rest }
}
