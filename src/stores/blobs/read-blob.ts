import { createHash } from 'node:crypto'
import type { BlobStore } from './blob-store.ts'

/** Reads a blob and checks its digest. @throws Error when the bytes do not match the digest */
export async function readBlob(blobs: BlobStore, namespace: string, sha256: string): Promise<Buffer> {
  const { stream } = await blobs.open(namespace, sha256)
  const bytes = Buffer.concat(await stream.toArray())
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new Error(`The blob ${sha256} of ${namespace} is damaged.`)
  return bytes
}
