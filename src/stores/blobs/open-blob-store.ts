import { fileURLToPath } from 'node:url'
import type { Redis } from 'ioredis'
import type { BlobStore } from './blob-store.ts'
import { FileBlobStore } from './file-blob-store.ts'
import { RedisBlobStore } from './redis-blob-store.ts'

/**
 * Opens the blob store at a URL: `file:`, `s3:`, `redis:` or `rediss:`.
 *
 * @param redis connects to the Redis at a URL, or without a URL to the job store's Redis
 * @throws Error that says which URLs are valid; it does not repeat the URL, which may contain a password
 */
export async function openBlobStore(url: string, redis: (url?: string) => Redis): Promise<BlobStore> {
  try {
    return await storeAt(new URL(url), redis)
  } catch (cause) {
    const reason = (cause as Error).message
    throw new Error(
      `ARTIFACT_URL is not valid (${reason}). Examples of valid URLs: file:///a/folder, s3://bucket, redis://.`,
      { cause },
    )
  }
}

async function storeAt(url: URL, redis: (url?: string) => Redis): Promise<BlobStore> {
  switch (url.protocol) {
    case 'file:':
      return new FileBlobStore(fileURLToPath(url))
    case 's3:': {
      // Imported on demand: the SDK is large, and most services do not use it.
      const { S3BlobStore } = await import('./s3-blob-store.ts')
      return new S3BlobStore(url)
    }
    case 'redis:':
    case 'rediss:':
      return new RedisBlobStore(redis(url.host === '' ? undefined : url.href))
    default:
      throw new Error(`no blob store supports ${url.protocol}//`)
  }
}
