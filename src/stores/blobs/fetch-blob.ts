import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { BlobStore } from './blob-store.ts'
import { DamagedBlobError } from './damaged-blob-error.ts'

/** Copies a blob to a file, which exists only once it is complete. @throws BlobNotFoundError, DamagedBlobError; errors of the disk or store */
export async function fetchBlob(
  blobs: BlobStore,
  namespace: string,
  sha256: string,
  path: string,
): Promise<void> {
  const part = `${path}.part`
  try {
    const hash = createHash('sha256')
    const { stream } = await blobs.open(namespace, sha256)
    stream.on('data', chunk => hash.update(chunk))
    await pipeline(stream, createWriteStream(part))
    if (hash.digest('hex') !== sha256) throw new DamagedBlobError('its bytes do not match its digest.')
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}
