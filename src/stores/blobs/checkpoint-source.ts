import type { CheckpointRecord } from '#domain/checkpoint.ts'
import type { BlobStore } from './blob-store.ts'
import { readBlob } from './read-blob.ts'

/** A checkpoint that is loaded only when its task runs, so that waiting tasks take no memory. */
export interface CheckpointSource {
  sizeBytes: number
  load(): Promise<Uint8Array>
}

export function checkpointSource(
  blobs: BlobStore,
  jobId: string,
  { sizeBytes, sha256 }: CheckpointRecord,
): CheckpointSource {
  return { sizeBytes, load: () => readBlob(blobs, jobId, sha256) }
}
