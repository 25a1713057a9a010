import type { BlobRange } from './blob-store.ts'

const NAMESPACE = /^[a-z]+_[0-9a-z]+$/
const SHA256 = /^[0-9a-f]{64}$/

/** Addresses become paths and keys, so only generated ids and digests are accepted. @throws TypeError */
export function checkBlobAddress(namespace: string, sha256?: string): void {
  if (!NAMESPACE.test(namespace)) throw new TypeError(`"${namespace}" is not a valid namespace of blobs`)
  if (sha256 !== undefined && !SHA256.test(sha256)) throw new TypeError(`"${sha256}" is not a SHA-256 digest`)
}

/** Whether an entry found in a store is a blob; other programs may have put files beside the blobs. */
export function isBlobAddress(namespace: string, sha256: string): boolean {
  return NAMESPACE.test(namespace) && SHA256.test(sha256)
}

/** @throws RangeError when the range is not within a blob of `sizeBytes` */
export function checkBlobRange({ start, end }: BlobRange, sizeBytes: number): void {
  if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end < sizeBytes)) {
    throw new RangeError(`bytes ${start} to ${end} are not within a blob of ${sizeBytes} bytes`)
  }
}
