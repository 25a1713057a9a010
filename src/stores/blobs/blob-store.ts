import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Redis } from 'ioredis'
import { FileBlobStore } from './file-blob-store.ts'
import { RedisBlobStore } from './redis-blob-store.ts'

export interface StoredBlob {
  /** 64 lower-case hexadecimal digits. */
  sha256: string
  sizeBytes: number
}

/** Bytes `start` to `end`, both included. */
export interface BlobRange {
  start: number
  end: number
}

/** A blob, and when it was stored or stored again. */
export interface BlobListing {
  namespace: string
  sha256: string
  storedAt: Date
}

/**
 * Immutable bytes under their digest, in namespaces that share nothing: what deletes a job's namespace deletes all of
 * the job and nothing else. A namespace is a generated id, as in `job_01h2`.
 *
 * `open` and `stat` throw BlobNotFoundError; every method throws TypeError for what is no namespace or digest.
 */
export interface BlobStore {
  /** Stores the content durably; afterwards all of it is there, or an error was thrown and none of it is. */
  put(namespace: string, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<StoredBlob>
  stat(namespace: string, sha256: string): Promise<{ sizeBytes: number }>
  /**
   * Opens a blob, or a range of it. Whoever asked must read the stream to its end or destroy it.
   *
   * @returns when the bytes are there to be read; `sizeBytes` is that of the whole blob
   * @throws RangeError when the range does not lie within the blob
   */
  open(namespace: string, sha256: string, range?: BlobRange): Promise<{ sizeBytes: number; stream: Readable }>
  /** A blob as a file, where it is one: the fastest way to send it. Whoever asked must close it. */
  openFile?(namespace: string, sha256: string): Promise<FileHandle>
  /** Deletes one blob; it need not exist. */
  delete(namespace: string, sha256: string): Promise<void>
  /** Deletes every blob of the namespace; none need exist. */
  deleteAll(namespace: string): Promise<void>
  /** Every blob that was there all the time that the listing takes. */
  list(): AsyncIterable<BlobListing>
  /** Rejects while blobs cannot be stored. Clears away what crashed writers left behind: mains call it when they start. */
  ready(): Promise<void>
  /** Whether so little room is left that only running jobs should use it; absent where a store cannot say. */
  isNearlyFull?(): Promise<boolean>
}

/**
 * @param redis connects to the Redis at a URL, or without one to that of the job store
 * @throws Error that says what ARTIFACT_URL should be; it does not repeat the URL, which may hold a password
 */
export async function connectBlobStore(url: string, redis: (url?: string) => Redis): Promise<BlobStore> {
  try {
    return await storeAt(new URL(url), redis)
  } catch (cause) {
    const reason = (cause as Error).message
    throw new Error(
      `ARTIFACT_URL is of no use (${reason}); file:///a/folder, s3://bucket and redis:// would be.`,
      { cause },
    )
  }
}

async function storeAt(url: URL, redis: (url?: string) => Redis): Promise<BlobStore> {
  switch (url.protocol) {
    case 'file:':
      return new FileBlobStore(fileURLToPath(url))
    case 's3:': {
      // Its SDK is large, and most services do without.
      const { S3BlobStore } = await import('./s3-blob-store.ts')
      return new S3BlobStore(url)
    }
    case 'redis:':
    case 'rediss:':
      return new RedisBlobStore(redis(url.host === '' ? undefined : url.href))
    default:
      throw new Error(`no blob store answers to ${url.protocol}//`)
  }
}
