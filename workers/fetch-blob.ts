import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { World } from '#infra/connect.ts'

/** Copies a blob to a file, which is there only when it is whole. @throws Error when the bytes are not those that were stored */
export async function fetchBlob(
  blobs: World['blobs'],
  namespace: string,
  sha256: string,
  path: string,
): Promise<void> {
  const hash = createHash('sha256')
  const { stream } = await blobs.open(namespace, sha256)
  stream.on('data', chunk => hash.update(chunk))
  await pipeline(stream, createWriteStream(`${path}.part`))
  if (hash.digest('hex') !== sha256) throw new Error('its bytes are not those that were stored.')
  await rename(`${path}.part`, path)
}
