import { lstat, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ArtifactSource, pathOf } from '../artifact-source.ts'
import { continuing } from '../continuing.ts'
import type { DownloadOptions } from '../download-options.ts'
import { ConnectionError } from '../errors.ts'
import { DownloadError } from '../representation.ts'
import type { Thresher } from '../thresher.ts'
import { measure, PartialFiles } from './partial-file.ts'
import { receive } from './receive.ts'

export interface Downloaded {
  /** Hexadecimal. */
  sha256: string
  sizeBytes: number
}

/**
 * Downloads an artifact into a file. A download that was interrupted by a broken connection or a killed process is continued, also by
 * the next call. The file gets its name when its size and digest are verified.
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
  await requireReplaceable(path)
  const from = pathOf(client, source)
  const partials = new PartialFiles(path)
  const received = async () => (await partials.find())?.sizeBytes ?? 0
  try {
    return await continuing(
      () => attempt(client, from, { path, partials }, options),
      received,
      options.signal,
    )
  } finally {
    partials.release()
  }
}

/** The finished file is renamed to the path, which would replace a device or a link. @throws DownloadError */
async function requireReplaceable(path: string): Promise<void> {
  const folder = await lstat(dirname(path)).catch(() => undefined)
  if (path === '' || !folder) throw new DownloadError(`The folder ${dirname(path)} does not exist.`)
  const entry = await lstat(path).catch(() => undefined)
  if (entry && !entry.isFile())
    throw new DownloadError(`${path} is not a regular file, so it is not replaced.`)
}

async function attempt(
  client: Thresher,
  from: string,
  { path, partials }: { path: string; partials: PartialFiles },
  options: DownloadOptions,
): Promise<Downloaded> {
  const { part, sha256, totalBytes } = await receive(client, from, partials, options)
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
