import { rm } from 'node:fs/promises'
import { chunksOf } from '../chunks.ts'
import { type DownloadOptions, SILENCE_MS, TIMEOUT_MS } from '../download-options.ts'
import { AnswerError } from '../errors.ts'
import { DownloadError, headersFor, type Representation, representationOf } from '../representation.ts'
import type { Thresher } from '../thresher.ts'
import { type PartialFiles, write } from './partial-file.ts'

/**
 * Receives the missing bytes of a file over one connection; all bytes if the partial file belongs to another representation.
 * @returns the partial file, which is complete unless the connection was closed early
 * @throws DownloadError, AnswerError; ConnectionError when the connection broke, after which the partial file may have grown
 */
export async function receive(
  client: Thresher,
  source: string,
  partials: PartialFiles,
  { onProgress, silenceMs = SILENCE_MS, timeoutMs = TIMEOUT_MS, signal }: DownloadOptions,
): Promise<Representation & { part: string }> {
  const before = await partials.find()
  // A proxy must not compress the bytes, because their digest is that of the file.
  const headers = { 'accept-encoding': 'identity', ...headersFor(before) }
  const answer = await client.send(source, { headers, timeoutMs, signal, retries: 0 }).catch(error => {
    if (before && error instanceof AnswerError && error.status === 416) return error
    throw error
  })
  if (answer instanceof AnswerError) {
    if (answer.headers.get('content-range') === `bytes */${before!.sizeBytes}`)
      return { part: before!.path, sha256: before!.sha256, totalBytes: before!.sizeBytes }
    await rm(before!.path)
    throw new DownloadError('There were more bytes than the file has; they were deleted.')
  }
  const { sha256, totalBytes } = representationOf(answer)
  const isRest = answer.status === 206
  if (isRest && before?.sha256 !== sha256)
    throw new DownloadError('The service sent a part of another file than was asked for.')
  if (before && !isRest) await rm(before.path)
  let receivedBytes = isRest ? before!.sizeBytes : 0
  const part = partials.nameFor(sha256)
  await write(part, isRest ? 'end' : 'start', chunksOf(answer.body!, silenceMs), bytes => {
    receivedBytes += bytes
    if (receivedBytes > totalBytes) throw new DownloadError(`The service sent more than ${totalBytes} bytes.`)
    onProgress?.({ receivedBytes, totalBytes })
  })
  return { part, sha256, totalBytes }
}
