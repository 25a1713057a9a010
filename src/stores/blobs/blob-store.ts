import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'

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

/** A blob, and the time when it was last stored. */
export interface BlobListing {
  namespace: string
  sha256: string
  storedAt: Date
}

/**
 * Immutable bytes, addressed by their digest within a namespace. Namespaces share nothing, so deleting a job's namespace deletes all
 * blobs of the job and no others. A namespace is a generated id, such as `job_01h2`.
 *
 * `copy`, `open` and `stat` throw BlobNotFoundError. Every method throws TypeError for an invalid namespace or digest.
 */
export interface BlobStore {
  /** Stores the content durably. If it throws, nothing is stored. */
  put(namespace: string, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<StoredBlob>
  /** Stores a blob of one namespace in another, without sending its bytes through this process if the store can do that. */
  copy(from: string, sha256: string, to: string): Promise<StoredBlob>
  stat(namespace: string, sha256: string): Promise<{ sizeBytes: number }>
  /**
   * Opens a blob, or a range of it. The caller must read the stream to its end or destroy it.
   *
   * @returns the stream once the bytes can be read, and the size of the whole blob
   * @throws RangeError when the range is not within the blob
   */
  open(namespace: string, sha256: string, range?: BlobRange): Promise<{ sizeBytes: number; stream: Readable }>
  /** Opens a blob as a file, which is the fastest way to send it. Absent if the store does not keep files. The caller must close it. */
  openFile?(namespace: string, sha256: string): Promise<FileHandle>
  /** Deletes one blob, if it exists. */
  delete(namespace: string, sha256: string): Promise<void>
  /** Deletes every blob of the namespace, if there are any. */
  deleteAll(namespace: string): Promise<void>
  /** Lists at least every blob that exists during the whole listing. */
  list(): AsyncIterable<BlobListing>
  /** Rejects if blobs cannot be stored. Also deletes the temporary files of crashed writers, so each main calls it when it starts. */
  ready(): Promise<void>
  /** Whether the remaining space should be reserved for running jobs. Absent if the store cannot determine it. */
  isNearlyFull?(): Promise<boolean>
}
