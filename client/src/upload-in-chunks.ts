import { isObject, unexpected } from './answers.ts'
import { continuing } from './continuing.ts'
import type { Dataset, DatasetRequest } from './contract.ts'
import { ThresherError } from './errors.ts'
import { once, type SubmitOptions } from './idempotency.ts'
import { path } from './query.ts'
import type { Transport } from './transport.ts'
import { contentOf, type Uploadable, type UploadOptions } from './upload.ts'

export interface DatasetUploadOptions extends UploadOptions, SubmitOptions {
  /** Called with the record of an upload in chunks before its first chunk is sent; `resume` continues it by its id. */
  onAnnounced?: ((dataset: Dataset) => void) | undefined
}

const CHUNK_BYTES = 8 * 1024 ** 2
/** A line on which a chunk takes longer is considered broken. */
const CHUNK_TIMEOUT_MS = 600_000

/** Whether a file has more than one chunk. */
export function needChunks(files: readonly Uploadable[]): boolean {
  return files.some(file => contentOf(file).size > CHUNK_BYTES)
}

/** Creates the record of a dataset whose files are sent in chunks. */
export function announceFiles(
  transport: Transport,
  spec: DatasetRequest,
  files: readonly Uploadable[],
  { onProgress: _, onAnnounced: __, ...options }: DatasetUploadOptions,
): Promise<Dataset> {
  const sizes = files.map(file => ({ name: file.name, sizeBytes: contentOf(file).size }))
  return transport.json('/v1/datasets', { ...once(options), body: { ...spec, files: sizes } })
}

/**
 * Sends the bytes that the service does not have. A chunk whose connection breaks is sent again.
 * @returns the dataset after the last chunk
 * @throws ConnectionError after six attempts in a row that sent nothing; ThresherError for other files than those of the upload
 */
export async function sendChunks(
  transport: Transport,
  announced: Dataset,
  files: readonly Uploadable[],
  { onProgress, signal, timeoutMs = CHUNK_TIMEOUT_MS }: UploadOptions,
): Promise<Dataset> {
  requireUpload(announced)
  requireSameFiles(announced, files)
  const totalBytes = files.reduce((sum, file) => sum + contentOf(file).size, 0)
  let dataset = announced
  const report = () => onProgress?.({ sentBytes: receivedBytes(dataset) ?? totalBytes, totalBytes })
  report()
  const sendRest = async () => {
    for (let part = nextPart(dataset, files); part; part = nextPart(dataset, files)) {
      const { query, headers, body } = part
      const options = { method: 'PUT', query, headers, body, signal, timeoutMs, retries: 0 } as const
      const before = receivedBytes(dataset)!
      dataset = await transport.json<Dataset>(path`/v1/datasets/${announced.id}/content`, options)
      requireGrowth(dataset, before)
      report()
    }
    return dataset
  }
  return await continuing(sendRest, () => receivedBytes(dataset) ?? totalBytes, signal)
}

/** @returns undefined after the upload */
function receivedBytes({ upload }: Dataset): number | undefined {
  return upload?.files.reduce((sum, file) => sum + file.receivedBytes, 0)
}

/** The next chunk of the first file that is not complete. */
function nextPart({ upload }: Dataset, files: readonly Uploadable[]) {
  const next = upload?.files.find(({ sizeBytes, receivedBytes }) => receivedBytes < sizeBytes)
  if (!next) return undefined
  const { name, sizeBytes, receivedBytes: first } = next
  const end = Math.min(first + CHUNK_BYTES, sizeBytes)
  return {
    query: { file: name },
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `bytes ${first}-${end - 1}/${sizeBytes}`,
    },
    body: contentOf(files.find(file => file.name === name)!).slice(first, end),
  }
}

/** Without it, the same chunk would be sent for ever. */
function requireGrowth(dataset: Dataset, before: number): void {
  requireUpload(dataset)
  if ((receivedBytes(dataset) ?? Number.POSITIVE_INFINITY) <= before)
    throw unexpected('The upload does not grow with the chunks that are sent.')
}

function requireUpload({ upload }: { upload?: unknown }): void {
  if (upload === undefined) return
  const files = isObject(upload) && Array.isArray(upload.files) ? upload.files : [undefined]
  const areKnown = files.every(
    file =>
      isObject(file) && Number.isSafeInteger(file.sizeBytes) && Number.isSafeInteger(file.receivedBytes),
  )
  if (!areKnown) throw unexpected('The answer has no valid state of the upload.')
}

function requireSameFiles({ id, upload }: Dataset, files: readonly Uploadable[]): void {
  for (const { name, sizeBytes } of upload?.files ?? []) {
    const file = files.find(found => found.name === name)
    if (!file) throw new ThresherError(`The upload of ${id} also has the file ${name}.`)
    const { size } = contentOf(file)
    if (size !== sizeBytes)
      throw new ThresherError(`${name} has ${size} bytes; the upload of ${id} began with ${sizeBytes}.`)
  }
}
