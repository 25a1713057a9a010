import { fileURLToPath } from 'node:url'
import type { Redis } from 'ioredis'
import { isRedisUrl } from '#stores/redis-location.ts'
import type { BlobStore } from './blob-store.ts'
import { FileBlobStore } from './file-blob-store.ts'
import { RedisBlobStore } from './redis-blob-store.ts'

const JOB_STORE = /^rediss?:(\/\/\/?)?$/

/**
 * Opens the blob store at a URL: `file:`, `s3:`, or any URL of a Redis.
 *
 * @param redis connects to the Redis at a URL, or without a URL to the job store's Redis
 * @throws Error that says which URLs are valid; it does not repeat the URL, which may contain a password
 */
export async function openBlobStore(url: string, redis: (url?: string) => Redis): Promise<BlobStore> {
  try {
    // Not every URL of a Redis can be parsed as a URL.
    if (isRedisUrl(url)) return new RedisBlobStore(redis(JOB_STORE.test(url) ? undefined : url))
    return await storeAt(new URL(url))
  } catch (cause) {
    const reason = (cause as Error).message
    throw new Error(
      `ARTIFACT_URL is not valid (${reason}). Examples of valid URLs: file:///a/folder, s3://bucket, redis://.`,
      { cause },
    )
  }
}

async function storeAt(url: URL): Promise<BlobStore> {
  switch (url.protocol) {
    case 'file:':
      return new FileBlobStore(fileURLToPath(url))
    case 's3:': {
      // Imported on demand: the SDK is large, and most services do not use it.
      const { S3BlobStore } = await import('./s3-blob-store.ts')
      return new S3BlobStore(url)
    }
    default:
      throw new Error(`no blob store supports ${url.protocol}//`)
  }
}
