import { AppError, invalidRequest } from '#domain/error.ts'
import type { Stores } from '#stores/connect.ts'
import { type ChunkedFile, type DatasetRecord, isUploading } from '#stores/upload-records.ts'

/** The fewest bytes of a chunk that is not the last of its file, because a record names every chunk; and the most of any. */
const FEWEST_BYTES = 1024 ** 2
const MOST_CHUNK_BYTES = 64 * 1024 ** 2

export interface Chunk {
  /** The name of the file; absent: the only file of the upload. */
  file: string | undefined
  /** The bytes of the file, the first and the last included, of a file of `total` bytes; absent: all of them. */
  range: { first: number; last: number; total: number } | undefined
  content: AsyncIterable<Uint8Array>
}

/**
 * Stores the next chunk of a file as a blob, whole or not at all. A chunk that has arrived before has no effect.
 * @returns the record
 * @throws AppError `not_found`; `invalid_request` for a file that was not announced, a range that contradicts its size, and a body that
 * contradicts the range; `body_too_large`; `conflict` for another offset, with the right one in the member `receivedBytes`
 */
export async function receiveChunk(
  { datasets, blobs }: Pick<Stores, 'datasets' | 'blobs'>,
  datasetId: string,
  chunk: Chunk,
): Promise<DatasetRecord> {
  const record = await datasets.require(datasetId)
  const announced = fileOf(record, chunk.file)
  const range = checkedRange(chunk.range, announced)
  if (isKnown(record, announced, range)) return record
  const { sha256 } = await blobs.put(datasetId, exactly(chunk.content, range.last - range.first + 1))
  const append = (current: DatasetRecord) => {
    const file = fileOf(current, announced.name)
    if (isKnown(current, file, range)) return refuseOtherBytes(current, file, sha256)
    const longer = { ...file, receivedBytes: range.last + 1, chunks: [...file.chunks, sha256] }
    return { ...current, files: current.files?.map(each => (each === file ? longer : each)) ?? [] }
  }
  try {
    return await datasets.revise(datasetId, append)
  } catch (error) {
    // Otherwise chunks that count as no stored bytes would fill the disk until orphans are deleted.
    if (error instanceof AppError) await discard({ datasets, blobs }, datasetId, sha256)
    throw error
  }
}

/** The record. @throws AppError `conflict` if another request has stored other bytes meanwhile */
function refuseOtherBytes(
  record: DatasetRecord,
  { name, chunks }: ChunkedFile,
  sha256: string,
): DatasetRecord {
  if (!isUploading(record) || chunks.includes(sha256)) return record
  throw new AppError(
    'conflict',
    `Another request has sent other bytes for this part of ${name}. Send each file once.`,
  )
}

/** Deletes a chunk that no file has. */
async function discard(
  { datasets, blobs }: Pick<Stores, 'datasets' | 'blobs'>,
  datasetId: string,
  sha256: string,
): Promise<void> {
  const files = (await datasets.get(datasetId))?.files ?? []
  if (!files.some(({ chunks }) => chunks.includes(sha256))) await blobs.delete(datasetId, sha256)
}

interface Range {
  first: number
  last: number
}

function fileOf({ files }: DatasetRecord, name: string | undefined): ChunkedFile {
  if (!files)
    throw new AppError('conflict', 'This dataset was not announced with `files`, so it takes no chunks.')
  const [only] = files
  if (name === undefined && files.length === 1) return only!
  const found = files.find(file => file.name === name)
  if (found) return found
  const names = files.slice(0, 10).map(file => file.name)
  throw invalidRequest('file', `must be the name of an announced file, such as: ${names.join(', ')}`)
}

function checkedRange(given: Chunk['range'], { name, sizeBytes }: ChunkedFile): Range {
  const { first, last, total } = given ?? { first: 0, last: sizeBytes - 1, total: sizeBytes }
  const wrong = (message: string) => invalidRequest('Content-Range', message)
  if (total !== sizeBytes) throw wrong(`must end with /${sizeBytes}, the announced size of ${name}`)
  if (first > last || last >= total)
    throw wrong(`must name bytes within 0 to ${sizeBytes - 1}, first to last`)
  const bytes = last - first + 1
  if (bytes > MOST_CHUNK_BYTES)
    throw new AppError(
      'body_too_large',
      `A chunk has at most ${MOST_CHUNK_BYTES} bytes; this one has ${bytes}.`,
    )
  if (bytes < FEWEST_BYTES && last + 1 < total)
    throw wrong(`must name at least ${FEWEST_BYTES} bytes, unless the chunk is the last of its file`)
  return { first, last }
}

/** Whether the bytes have arrived before. @throws AppError `conflict` unless they are known or the next ones */
function isKnown(
  record: DatasetRecord,
  { name, receivedBytes }: ChunkedFile,
  { first, last }: Range,
): boolean {
  if (last < receivedBytes) return true
  if (isUploading(record) && first === receivedBytes) return false
  const message = `The next chunk of ${name} begins at byte ${receivedBytes}, not ${first}.`
  throw new AppError('conflict', message, { members: { receivedBytes } })
}

/** @throws AppError `invalid_request` unless the content has so many bytes */
async function* exactly(content: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let received = 0
  for await (const part of content) {
    received += part.length
    if (received > bytes) break
    yield part
  }
  if (received === bytes) return
  const found = received > bytes ? 'more' : String(received)
  throw invalidRequest(
    'Content-Range',
    `must describe the body: it names ${bytes} bytes, and the body has ${found}`,
  )
}
