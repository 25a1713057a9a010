import type {
  DownloadModelArtifactData,
  ListModelArtifactsResponse,
  ListModelsData,
  Model,
  ModelUploadRequest,
  PredictByModelData,
  Prediction,
  RegistrationRequest,
} from '../contract.ts'
import { once, type SubmitOptions } from '../idempotency.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path, type Query } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'
import { formOf, type Uploadable, type UploadOptions, upload } from '../upload.ts'
import type { Examples } from './jobs.ts'

export type ModelQuery = Omit<NonNullable<ListModelsData['query']>, 'after'>
export type ModelArtifactQuery = NonNullable<DownloadModelArtifactData['query']>

export interface ModelFiles {
  /** Weights, or a network with its weights. */
  files?: readonly Uploadable[]
  /** The state of an optimizer to continue with. */
  state?: Uploadable
}

/** Presets, uploads and registered versions of models: `/v1/models`. */
export class Models {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Makes the model of a job the next version under a name. */
  register(request: RegistrationRequest, options: SubmitOptions = {}): Promise<Model> {
    return this.#transport.json('/v1/models', { ...once(options), body: request })
  }

  /** Uploads a network, its weights, or both. */
  upload(
    spec: ModelUploadRequest,
    { files = [], state }: ModelFiles = {},
    options: UploadOptions = {},
  ): Promise<Model> {
    const form = formOf(spec, { file: files, state: state ? [state] : [] })
    return upload(this.#transport, '/v1/models', form, options)
  }

  /** @param id of a preset or an upload, `NAME@VERSION`, or a registered name for its newest version and a list of all */
  get(id: string, options: CallOptions = {}): Promise<Model> {
    return this.#transport.json(path`/v1/models/${id}`, options)
  }

  list(query: ModelQuery = {}, options: CallOptions = {}): Pages<Model> {
    return pagesOf(this.#transport, '/v1/models', query, options)
  }

  /** The versions of a registered name, newest first; at most 100. */
  async versions(name: string, options: CallOptions = {}): Promise<NonNullable<Model['versions']>> {
    return (await this.get(name, options)).versions ?? []
  }

  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.remove(path`/v1/models/${id}`, options)
  }

  predict(
    id: string,
    examples: Examples,
    query: NonNullable<PredictByModelData['query']> = {},
    options: CallOptions = {},
  ): Promise<Prediction> {
    const request = { method: 'POST' as const, query, body: examples, repeatable: true }
    return this.#transport.json(path`/v1/models/${id}/predict`, { ...options, ...request })
  }

  artifacts(id: string, options: CallOptions = {}): Pages<ListModelArtifactsResponse['data'][number]> {
    return pagesOf(this.#transport, path`/v1/models/${id}/artifacts`, {}, options)
  }

  /** An artifact as an answer whose body is not read yet. */
  artifact(
    id: string,
    name: string,
    query: ModelArtifactQuery = {},
    options: CallOptions = {},
  ): Promise<Response> {
    const at = path`/v1/models/${id}/artifacts/${name}`
    return this.#transport.send(at, { ...options, query: query as Query })
  }
}
