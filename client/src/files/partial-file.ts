import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, readdir, rename, rm } from 'node:fs/promises'
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

/**
 * The partial files of downloads to one path. The name of each ends with the process that writes it, so that two downloads at the same time
 * have a file each, and what a process has left is continued once that process has ended.
 */
export class PartialFiles {
  static readonly #active = new Set<string>()
  static #count = 0
  readonly #path: string
  readonly #owner = `${process.pid}-${++PartialFiles.#count}`

  constructor(path: string) {
    this.#path = path
    PartialFiles.#active.add(this.#owner)
  }

  /** Must be called when the download has ended: from then on, others may continue its file. */
  release(): void {
    PartialFiles.#active.delete(this.#owner)
  }

  /** The partial file of this download. */
  nameFor(sha256: string): string {
    return `${this.#path}.${sha256}.${this.#owner}.part`
  }

  /**
   * What this download, or an earlier one that has ended, has left, which becomes the file of this one. Links are not followed: what they lead
   * to is no partial file.
   */
  async find(): Promise<PartialFile | undefined> {
    const start = `${basename(this.#path)}.`
    for (const name of await readdir(dirname(this.#path))) {
      const [, sha256, owner] = (name.startsWith(start) && NAME_END.exec(name.slice(start.length))) || []
      if (!sha256 || (owner !== this.#owner && PartialFiles.#isUsed(owner!))) continue
      const found = join(dirname(this.#path), name)
      const path = this.nameFor(sha256)
      // Another download may take it first.
      const entry = await lstat(found).catch(() => undefined)
      if (!entry?.isFile() || entry.nlink > 1) continue
      if (found !== path && !(await rename(found, path).then(...TAKEN))) continue
      return { path, sha256, sizeBytes: entry.size }
    }
    return undefined
  }

  static #isUsed(owner: string): boolean {
    const pid = Number.parseInt(owner, 10)
    return pid === process.pid ? PartialFiles.#active.has(owner) : isAlive(pid)
  }
}

const NAME_END = /^([0-9a-f]{64})\.(\d+-\d+)\.part$/
const TAKEN = [() => true, () => false] as const

/** Signal 0 only checks that the process exists; EPERM: it does, and is another user's. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
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
