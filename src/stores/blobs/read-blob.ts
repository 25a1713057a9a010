import { createHash } from 'node:crypto'
import type { BlobStore } from './blob-store.ts'

/** Reads a blob without keeping its bytes. @throws Error when they do not match the digest */
export async function checkBlob(blobs: BlobStore, namespace: string, sha256: string): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of (await blobs.open(namespace, sha256)).stream) hash.update(chunk)
  if (hash.digest('hex') !== sha256) throw damaged(namespace, sha256)
}

/** Reads a blob and checks its digest. @throws Error when the bytes do not match the digest */
export async function readBlob(blobs: BlobStore, namespace: string, sha256: string): Promise<Buffer> {
  const { stream } = await blobs.open(namespace, sha256)
  const bytes = Buffer.concat(await stream.toArray())
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw damaged(namespace, sha256)
  return bytes
}

function damaged(namespace: string, sha256: string): Error {
  return new Error(`The blob ${sha256} of ${namespace} is damaged.`)
}
