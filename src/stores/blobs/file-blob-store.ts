import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import {
  access,
  constants,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  statfs,
  utimes,
} from 'node:fs/promises'
import { join } from 'node:path'
import { checkBlobAddress, checkBlobRange, isBlobAddress } from './blob-address.ts'
import { BlobNotFoundError } from './blob-not-found-error.ts'
import type { BlobListing, BlobRange, BlobStore, StoredBlob } from './blob-store.ts'

/** Not a valid namespace, because it has no underscore. */
const INCOMING = 'incoming'
/** A live writer keeps writing to its file, so a file this old has no writer any more. */
const ABANDONED_AFTER_MS = 3_600_000
/** Four times Node's default: fewer turns of the event loop for the same bytes. */
const READ_CHUNK_BYTES = 262_144
/** The space that new jobs and uploads leave free for running jobs: this much, or this share of a small disk. */
const RESERVE_BYTES = 256 * 1024 ** 2
const RESERVE_SHARE = 0.05

/** Blobs as files, `<root>/<namespace>/<sha256>`. */
export class FileBlobStore implements BlobStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async put(
    namespace: string,
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<StoredBlob> {
    checkBlobAddress(namespace)
    const folder = join(this.#root, namespace)
    const incoming = join(this.#root, INCOMING)
    await mkdir(incoming, { recursive: true })
    const unfinished = join(incoming, randomUUID())
    try {
      const blob = await writeThrough(unfinished, content)
      if (await mkdir(folder, { recursive: true })) await syncFolder(this.#root)
      await rename(unfinished, join(folder, blob.sha256))
      await syncFolder(folder)
      return blob
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
  }

  /** A second name of the same file, unless the file system cannot give it one. */
  async copy(from: string, sha256: string, to: string): Promise<StoredBlob> {
    checkBlobAddress(to)
    const folder = join(this.#root, to)
    return await this.#reach(from, sha256, async path => {
      const { size: sizeBytes } = await stat(path)
      if (await mkdir(folder, { recursive: true })) await syncFolder(this.#root)
      // Both names get the time of the copy, so that the new one does not look like an old blob without a reference.
      const now = new Date()
      await utimes(path, now, now)
      const isLinked = await link(path, join(folder, sha256)).then(() => true, isPresent)
      if (!isLinked) return await this.put(to, createReadStream(path))
      await syncFolder(folder)
      return { sha256, sizeBytes }
    })
  }

  async stat(namespace: string, sha256: string): Promise<{ sizeBytes: number }> {
    return await this.#reach(namespace, sha256, async path => ({ sizeBytes: (await stat(path)).size }))
  }

  async open(namespace: string, sha256: string, range?: BlobRange) {
    const file = await this.openFile(namespace, sha256)
    try {
      const { size: sizeBytes } = await file.stat()
      if (range) checkBlobRange(range, sizeBytes)
      return { sizeBytes, stream: file.createReadStream({ ...range, highWaterMark: READ_CHUNK_BYTES }) }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  openFile(namespace: string, sha256: string): Promise<FileHandle> {
    return this.#reach(namespace, sha256, path => open(path))
  }

  async delete(namespace: string, sha256: string): Promise<void> {
    checkBlobAddress(namespace, sha256)
    await rm(join(this.#root, namespace, sha256), { force: true })
  }

  async deleteAll(namespace: string): Promise<void> {
    checkBlobAddress(namespace)
    await rm(join(this.#root, namespace), { recursive: true, force: true })
  }

  async *list(): AsyncGenerator<BlobListing, void, undefined> {
    for (const namespace of await namesIn(this.#root)) {
      for (const sha256 of await namesIn(join(this.#root, namespace))) {
        if (!isBlobAddress(namespace, sha256)) continue
        const found = await stat(join(this.#root, namespace, sha256)).catch(ignoreMissing)
        if (found) yield { namespace, sha256, storedAt: found.mtime }
      }
    }
  }

  async ready(): Promise<void> {
    const incoming = join(this.#root, INCOMING)
    await mkdir(incoming, { recursive: true })
    await access(this.#root, constants.R_OK | constants.W_OK)
    for (const name of await readdir(incoming)) await removeAbandoned(join(incoming, name))
  }

  async isNearlyFull(): Promise<boolean> {
    // The folder is created on first use, and the first submission may come before that.
    await mkdir(this.#root, { recursive: true })
    const { bavail, blocks, bsize } = await statfs(this.#root)
    return bavail * bsize < Math.min(RESERVE_BYTES, RESERVE_SHARE * blocks * bsize)
  }

  /** Uses the path of a blob. A second defence after the check of the address: links must not lead out of the root. */
  async #reach<T>(namespace: string, sha256: string, use: (path: string) => Promise<T>): Promise<T> {
    checkBlobAddress(namespace, sha256)
    try {
      const path = join(await realpath(this.#root), namespace, sha256)
      if (path === (await realpath(path))) return await use(path)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
    throw new BlobNotFoundError(namespace, sha256)
  }
}

/** Writes a new file and waits until it is on the disk. */
async function writeThrough(
  path: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<StoredBlob> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const file = await open(path, 'wx')
  try {
    for await (const chunk of content) {
      hash.update(chunk)
      await file.writeFile(chunk)
      sizeBytes += chunk.byteLength
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { sha256: hash.digest('hex'), sizeBytes }
}

/** Flushes the folder's entries, so that new names survive a power failure. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  await folder.sync().finally(() => folder.close())
}

async function removeAbandoned(path: string): Promise<void> {
  const found = await stat(path).catch(ignoreMissing) // If it is missing, its writer has just finished.
  if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true })
}

async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path).catch(ignoreMissing)) ?? []
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error
}

/** Whether a link could not be made because its name exists. @throws the error if the source is missing */
function isPresent(error: NodeJS.ErrnoException): boolean {
  if (isMissing(error)) throw error
  return error.code === 'EEXIST'
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
}
