import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const ATTEMPTS = 6
const FIRST_PAUSE_MS = 250

/** The answer was not a file, or the file does not match its digest. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError'
}

interface Representation {
  /** SHA-256, base64, from the `Repr-Digest` header (RFC 9530, section 3). */
  digest: string
  sizeBytes: number
}

/**
 * Downloads an artifact into a file. A download that was interrupted by a broken connection or a killed process is continued, also by
 * the next call (RFC 9110, section 13.1.5: If-Range). The file gets its name when its size and digest are verified.
 *
 * @returns its SHA-256, hexadecimal
 * @throws DownloadError; the error of `fetch` after six attempts in a row that received nothing
 */
export async function download(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<string> {
  for (let failures = 0; ; ) {
    const before = await unfinished(path)
    try {
      const { part, digest, sizeBytes } = await receive(url, path, headers)
      await check(part, { digest, sizeBytes })
      await rename(part, path)
      return Buffer.from(digest, 'base64').toString('hex')
    } catch (error) {
      if (error instanceof DownloadError) throw error
      const after = await unfinished(path)
      failures = (after?.sizeBytes ?? 0) > (before?.sizeBytes ?? 0) ? 0 : failures + 1
      if (failures === ATTEMPTS) throw error
      await pause(FIRST_PAUSE_MS * 2 ** failures)
    }
  }
}

/** Receives the missing bytes, or all bytes if the partial file belongs to another representation. */
async function receive(
  url: string,
  path: string,
  headers: Record<string, string>,
): Promise<Representation & { part: string }> {
  const before = await unfinished(path)
  const range: Record<string, string> = before
    ? { range: `bytes=${before.sizeBytes}-`, 'if-range': `"sha256-${before.sha256}"` }
    : {}
  const answer = await fetch(url, { headers: { ...headers, ...range } })
  const digest = /sha-256=:([^:]+):/.exec(answer.headers.get('repr-digest') ?? '')?.[1]
  if (answer.status === 416 && before) {
    // The partial file is complete and only has to be verified; or it is too long.
    if (answer.headers.get('content-range') === `bytes */${before.sizeBytes}`)
      return { part: before.path, digest: digestOf(before.sha256), sizeBytes: before.sizeBytes }
    await rm(before.path)
    return await receive(url, path, headers)
  }
  if (!answer.ok || !digest)
    throw new DownloadError(`${url} answered ${answer.status}: ${await reasonOf(answer)}`)
  const sha256 = Buffer.from(digest, 'base64').toString('hex')
  const part = `${path}.${sha256}.part`
  if (before && answer.status !== 206) await rm(before.path)
  const file = await open(part, 'a')
  try {
    for await (const chunk of answer.body!) await file.writeFile(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
  const total = answer.headers.get('content-range')?.split('/')[1] ?? answer.headers.get('content-length')
  return { part, digest, sizeBytes: Number(total) }
}

/** The sentence in a problem of the service (RFC 9457, section 3.1.4). */
async function reasonOf(answer: Response): Promise<string> {
  if (answer.ok) return 'the answer has no digest, so it is not an artifact.'
  const problem = (await answer.json().catch(() => null)) as { detail?: string } | null
  return problem?.detail ?? `${answer.statusText}.`
}

function digestOf(sha256: string): string {
  return Buffer.from(sha256, 'hex').toString('base64')
}

/** The partial file of an earlier attempt; its name contains the digest of the whole file. */
async function unfinished(
  path: string,
): Promise<{ path: string; sha256: string; sizeBytes: number } | undefined> {
  const start = `${basename(path)}.`
  for (const name of await readdir(dirname(path))) {
    const sha256 = name.startsWith(start)
      ? /^([0-9a-f]{64})\.part$/.exec(name.slice(start.length))?.[1]
      : undefined
    const found = join(dirname(path), name)
    if (sha256) return { path: found, sha256, sizeBytes: (await stat(found)).size }
  }
  return undefined
}

async function check(part: string, { digest, sizeBytes }: Representation): Promise<void> {
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of createReadStream(part)) {
    hash.update(chunk)
    length += chunk.length
  }
  if (length < sizeBytes) throw new Error(`Only ${length} of ${sizeBytes} bytes were received.`)
  if (length === sizeBytes && hash.digest('base64') === digest) return
  await rm(part)
  throw new DownloadError('The file does not match its digest; the received bytes were deleted.')
}
