import { rename, rm } from 'node:fs/promises'
import { ConnectionError } from '../errors.ts'
import { pause } from '../pause.ts'
import { backOffMs, mayPass, retryAfterMs } from '../retry.ts'
import type { Thresher } from '../thresher.ts'
import { type ArtifactSource, pathOf } from './artifact-source.ts'
import { findPartialFile, measure } from './partial-file.ts'
import { DownloadError, type DownloadOptions, receive } from './receive.ts'

const ATTEMPTS = 6

export interface Downloaded {
  /** Hexadecimal. */
  sha256: string
  sizeBytes: number
}

/**
 * Downloads an artifact into a file. A download that was interrupted by a broken connection or a killed process is continued, also by
 * the next call (RFC 9110, section 13.1.5: If-Range). The file gets its name when its size and digest are verified.
 *
 * @param source an artifact of a job, a model or an analysis, or its URL
 * @throws DownloadError; AnswerError if the service refuses; ConnectionError after six attempts in a row that received nothing
 */
export async function download(
  client: Thresher,
  source: ArtifactSource | string,
  path: string,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  const from = pathOf(client, source)
  for (let failures = 0; ; ) {
    const before = await findPartialFile(path)
    try {
      return await attempt(client, from, path, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!mayPass(error)) throw error
      const after = await findPartialFile(path)
      failures = (after?.sizeBytes ?? 0) > (before?.sizeBytes ?? 0) ? 0 : failures + 1
      if (failures === ATTEMPTS) throw error
      await pause(retryAfterMs(error) ?? backOffMs(failures), options.signal)
    }
  }
}

async function attempt(
  client: Thresher,
  from: string,
  path: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { part, sha256, totalBytes } = await receive(client, from, path, options)
  const found = await measure(part)
  if (found.sizeBytes < totalBytes)
    throw new ConnectionError(`Only ${found.sizeBytes} of ${totalBytes} bytes were received.`)
  if (found.sha256 !== sha256) {
    await rm(part)
    throw new DownloadError('The file does not match its digest; the received bytes were deleted.')
  }
  await rename(part, path)
  return { sha256, sizeBytes: totalBytes }
}
