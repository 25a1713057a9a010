import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The bytes of a download that have arrived so far. */
export interface PartialFile {
  path: string
  /** Of the whole file, hexadecimal. The name of the partial file contains it. */
  sha256: string
  sizeBytes: number
}

/** The partial file of a download to a path. */
export function partialFileFor(path: string, sha256: string): string {
  return `${path}.${sha256}.part`
}

/** What an earlier attempt to download to a path has left. */
export async function findPartialFile(path: string): Promise<PartialFile | undefined> {
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

/** Appends chunks as they arrive. Those that arrived before an error remain. @param onAppended receives the length of each chunk */
export async function append(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  onAppended: (bytes: number) => void,
): Promise<void> {
  const file = await open(path, 'a')
  try {
    for await (const chunk of chunks) {
      await file.writeFile(chunk)
      onAppended(chunk.length)
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
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}
