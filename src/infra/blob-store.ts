import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { FileBlobStore } from './file-blob-store.ts'

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
  /** Deletes one blob; it need not exist. */
  delete(namespace: string, sha256: string): Promise<void>
  /** Deletes every blob of the namespace; none need exist. */
  deleteAll(namespace: string): Promise<void>
  /** Rejects while blobs cannot be stored. Clears away what crashed writers left behind: mains call it when they start. */
  ready(): Promise<void>
}

/** @throws Error when no store answers to the scheme of `url` */
export function connectBlobStore(url: string): BlobStore {
  const { protocol } = new URL(url)
  if (protocol === 'file:') return new FileBlobStore(fileURLToPath(url))
  throw new Error(`No blob store answers to ${protocol}// (ARTIFACT_URL); file:///a/folder does.`)
}
