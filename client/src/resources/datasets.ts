import { unexpected } from '../answers.ts'
import type { Dataset, DatasetRequest, FolderRequest, ListDatasetsData } from '../contract.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { pause } from '../pause.ts'
import { path } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'
import { formOf, type Uploadable, type UploadOptions, upload } from '../upload.ts'
import { announceFiles, type DatasetUploadOptions, needChunks, sendChunks } from '../upload-in-chunks.ts'

export type DatasetQuery = Omit<NonNullable<ListDatasetsData['query']>, 'after'>

/** Built-in and uploaded datasets: `/v1/datasets`. */
export class Datasets {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Uploads the files of a dataset. If validating them takes long, the status of the answer is `validating`: see `wait`. Files of more than
   * 8 MiB are sent in chunks, and those whose connection breaks are sent again; so are others with an `idempotencyKey`.
   * @throws InvalidRequestError with file, row and column if the files are not such a dataset
   */
  async create(
    spec: DatasetRequest,
    files: readonly Uploadable[],
    options: DatasetUploadOptions = {},
  ): Promise<Dataset> {
    if (options.idempotencyKey === undefined && !needChunks(files))
      return await upload(this.#transport, '/v1/datasets', formOf(spec, { file: files }), options)
    const announced = await announceFiles(this.#transport, spec, files, options)
    options.onAnnounced?.(announced)
    return await sendChunks(this.#transport, announced, files, options)
  }

  /**
   * Continues an upload in chunks that `create` began, also in another process.
   * @param files the same files
   * @returns the dataset without sending anything if the service has every byte already
   * @throws as `create`; ThresherError if the files have other names or sizes
   */
  async resume(id: string, files: readonly Uploadable[], options: UploadOptions = {}): Promise<Dataset> {
    const { onProgress: _, ...call } = options
    return await sendChunks(this.#transport, await this.get(id, call), files, options)
  }

  /** Registers a folder of images in the operator's DATASETS_DIR. */
  register(request: FolderRequest, options: CallOptions = {}): Promise<Dataset> {
    return this.#transport.json('/v1/datasets', { ...options, method: 'POST', body: request })
  }

  get(id: string, options: CallOptions = {}): Promise<Dataset> {
    return this.#transport.json(path`/v1/datasets/${id}`, options)
  }

  list(query: DatasetQuery = {}, options: CallOptions = {}): Pages<Dataset> {
    return pagesOf(this.#transport, '/v1/datasets', query, options)
  }

  /** Resolves with the dataset once it is `ready` or `invalid`. */
  async wait(id: string, options: CallOptions & { everyMs?: number } = {}): Promise<Dataset> {
    for (;;) {
      const dataset = await this.get(id, options)
      if (typeof dataset.status !== 'string') throw unexpected('The dataset has no status.')
      if (dataset.status === 'ready' || dataset.status === 'invalid') return dataset
      await pause(options.everyMs ?? 1000, options.signal)
    }
  }

  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.remove(path`/v1/datasets/${id}`, options)
  }
}
