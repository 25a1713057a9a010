import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The bytes of a download that have arrived so far. */
export interface PartialFile {
  path: string
  /** Of the whole file, hexadecimal. The name of the partial file contains it. */
  sha256: string
  sizeBytes: number
}

/** A link with the name of a partial file could lead to any file. Windows does not have the flag. */
const NO_LINKS = constants.O_NOFOLLOW ?? 0

/** The partial file of a download to a path. */
export function partialFileFor(path: string, sha256: string): string {
  return `${path}.${sha256}.part`
}

/** What an earlier attempt to download to a path has left. Links are not followed: what they lead to is no partial file. */
export async function findPartialFile(path: string): Promise<PartialFile | undefined> {
  const start = `${basename(path)}.`
  for (const name of await readdir(dirname(path))) {
    const sha256 = name.startsWith(start)
      ? /^([0-9a-f]{64})\.part$/.exec(name.slice(start.length))?.[1]
      : undefined
    if (!sha256) continue
    const found = join(dirname(path), name)
    const entry = await lstat(found)
    if (entry.isFile() && entry.nlink === 1) return { path: found, sha256, sizeBytes: entry.size }
  }
  return undefined
}

/**
 * Writes chunks as they arrive, after the bytes of the partial file or into a new one that replaces any entry with its name.
 * Those that arrived before an error remain.
 *
 * @param onWritten receives the length of each chunk
 */
export async function write(
  path: string,
  from: 'end' | 'start',
  chunks: AsyncIterable<Uint8Array>,
  onWritten: (bytes: number) => void,
): Promise<void> {
  if (from === 'start') await rm(path, { force: true })
  const file = await open(path, from === 'start' ? 'wx' : constants.O_WRONLY | constants.O_APPEND | NO_LINKS)
  try {
    for await (const chunk of chunks) {
      await file.writeFile(chunk)
      onWritten(chunk.length)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The size of a file, and its SHA-256 in hexadecimal. */
export async function measure(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const file = await open(path, constants.O_RDONLY | NO_LINKS)
  for await (const chunk of file.createReadStream()) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}
