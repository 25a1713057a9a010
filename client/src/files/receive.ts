import { rm } from 'node:fs/promises'
import { chunksOf } from '../chunks.ts'
import { AnswerError, ThresherError } from '../errors.ts'
import type { Thresher } from '../thresher.ts'
import type { CallOptions } from '../transport.ts'
import { append, findPartialFile, type PartialFile, partialFileFor } from './partial-file.ts'

/** The service may have to make the file first. */
const TIMEOUT_MS = 300_000
const SILENCE_MS = 60_000

/** The answer was not a file, or the file does not match its digest. */
export class DownloadError extends ThresherError {
  override readonly name = 'DownloadError'
}

export interface DownloadProgress {
  /** Includes the bytes that an earlier call left. */
  receivedBytes: number
  totalBytes: number
}

export interface DownloadOptions extends Omit<CallOptions, 'retries'> {
  onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Milliseconds without a byte after which a connection counts as broken. Default 60,000. */
  silenceMs?: number | undefined
}

/** A partial file with the size that it must reach. */
interface Received {
  part: string
  sha256: string
  totalBytes: number
}

/**
 * Receives the missing bytes of a file over one connection; all bytes if the partial file belongs to another representation.
 * @throws DownloadError, AnswerError; ConnectionError when the connection broke, after which the partial file may have grown
 */
export async function receive(
  client: Thresher,
  source: string,
  path: string,
  { onProgress, silenceMs = SILENCE_MS, timeoutMs = TIMEOUT_MS, signal }: DownloadOptions,
): Promise<Received> {
  const before = await findPartialFile(path)
  const request = { headers: headersFor(before), timeoutMs, signal, retries: 0 }
  const answer = await client.send(source, request).catch(error => {
    if (before && error instanceof AnswerError && error.status === 416) return error
    throw error
  })
  if (answer instanceof AnswerError) {
    if (answer.headers.get('content-range') === `bytes */${before!.sizeBytes}`)
      return { part: before!.path, sha256: before!.sha256, totalBytes: before!.sizeBytes }
    await rm(before!.path)
    throw new DownloadError('There were more bytes than the file has; they were deleted.')
  }
  const { sha256, totalBytes } = representationOf(answer, client.url + source)
  if (before && answer.status !== 206) await rm(before.path)
  let receivedBytes = answer.status === 206 ? before!.sizeBytes : 0
  const part = partialFileFor(path, sha256)
  await append(part, chunksOf(answer.body!, silenceMs), bytes => {
    receivedBytes += bytes
    onProgress?.({ receivedBytes, totalBytes })
  })
  return { part, sha256, totalBytes }
}

/** A proxy must not compress the bytes, because their digest is that of the file. */
function headersFor(before: PartialFile | undefined): Record<string, string> {
  return {
    'accept-encoding': 'identity',
    ...(before && { range: `bytes=${before.sizeBytes}-`, 'if-range': `"sha256-${before.sha256}"` }),
  }
}

/** The digest (`Repr-Digest`, RFC 9530, section 3) and the size of the whole file. */
function representationOf({ headers }: Response, url: string) {
  const digest = /sha-256=:([^:]+):/.exec(headers.get('repr-digest') ?? '')?.[1]
  const size = headers.get('content-range')?.split('/')[1] ?? headers.get('content-length')
  if (!digest || !size)
    throw new DownloadError(`${url} is not an artifact: the answer has no digest or no size.`)
  return { sha256: Buffer.from(digest, 'base64').toString('hex'), totalBytes: Number(size) }
}
