import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { redisKeys } from '#stores/redis-keys.ts'
import { checkBlobAddress, checkBlobRange } from './blob-address.ts'
import { BlobNotFoundError } from './blob-not-found-error.ts'
import { blobScripts } from './blob-scripts.ts'
import type { BlobListing, BlobRange, BlobStore, StoredBlob } from './blob-store.ts'
import { rechunk } from './rechunk.ts'

const CHUNK_BYTES = 524_288
/** How long chunks outlive a deleted blob, for downloads in progress, or a crashed writer. */
const GRACE_SECONDS = 900
const RENEW_MS = 300_000

const Entry = z.object({ id: z.string(), sizeBytes: z.int(), chunks: z.int(), storedAt: z.int() })
type Entry = z.infer<typeof Entry>

/**
 * Blobs in Redis, in chunks, for fleets that share no other storage. A blob is an entry in its namespace's hash. Each write has separate
 * chunks, which outlive the entry, so that deleting a blob does not interrupt its readers.
 */
export class RedisBlobStore implements BlobStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async put(
    namespace: string,
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<StoredBlob> {
    checkBlobAddress(namespace)
    const id = randomUUID()
    const { chunks, ...blob } = await this.#write(id, content)
    const entry: Entry = { id, sizeBytes: blob.sizeBytes, chunks: chunks.length, storedAt: Date.now() }
    // If this fails, the script may or may not have run, so the chunks are not deleted: they persist or expire.
    await blobScripts.publish(
      this.#redis,
      [...keysOf(namespace), ...chunks],
      [namespace, blob.sha256, JSON.stringify(entry)],
    )
    return blob
  }

  async copy(from: string, sha256: string, to: string): Promise<StoredBlob> {
    const { stream } = await this.open(from, sha256)
    return await this.put(to, stream)
  }

  async stat(namespace: string, sha256: string): Promise<{ sizeBytes: number }> {
    const { sizeBytes } = await this.#find(namespace, sha256)
    return { sizeBytes }
  }

  async open(namespace: string, sha256: string, range?: BlobRange) {
    const entry = await this.#find(namespace, sha256)
    if (range) checkBlobRange(range, entry.sizeBytes)
    const { start, end } = range ?? { start: 0, end: entry.sizeBytes - 1 }
    const stream = Readable.from(this.#read(entry, start, end), { objectMode: false })
    return { sizeBytes: entry.sizeBytes, stream }
  }

  async delete(namespace: string, sha256: string): Promise<void> {
    checkBlobAddress(namespace, sha256)
    for (;;) {
      const text = await this.#redis.hget(redisKeys.blobs(namespace), sha256)
      if (text === null || (await this.#unpublish(namespace, sha256, text))) return
    }
  }

  async deleteAll(namespace: string): Promise<void> {
    checkBlobAddress(namespace)
    for (const sha256 of await this.#redis.hkeys(redisKeys.blobs(namespace)))
      await this.delete(namespace, sha256)
  }

  async *list(): AsyncGenerator<BlobListing, void, undefined> {
    for (const namespace of await this.#redis.smembers(redisKeys.blobNamespaces)) {
      for (const [sha256, text] of Object.entries(await this.#redis.hgetall(redisKeys.blobs(namespace))))
        yield { namespace, sha256, storedAt: new Date(Entry.parse(JSON.parse(text)).storedAt) }
    }
  }

  async ready(): Promise<void> {
    // Unlike PING, a write is refused by a Redis that is out of memory or is a replica.
    await this.#redis.set(redisKeys.blobChunk(randomUUID(), 0), '', 'EX', 1)
  }

  /** Writes chunks that expire unless they are published. Deletes them if the content or Redis fails. */
  async #write(
    id: string,
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<StoredBlob & { chunks: string[] }> {
    const hash = createHash('sha256')
    const chunks: string[] = []
    let sizeBytes = 0
    let renewedAt = Date.now()
    try {
      for await (const chunk of rechunk(content, CHUNK_BYTES)) {
        const key = redisKeys.blobChunk(id, chunks.length)
        chunks.push(key)
        hash.update(chunk)
        sizeBytes += chunk.length
        await this.#redis.set(key, chunk, 'EX', GRACE_SECONDS)
        if (Date.now() - renewedAt < RENEW_MS) continue
        await this.#renew(chunks)
        renewedAt = Date.now()
      }
      return { sha256: hash.digest('hex'), sizeBytes, chunks }
    } catch (error) {
      // Chunks that cannot be deleted now will expire.
      if (chunks.length > 0) await this.#redis.unlink(...chunks).catch(() => {})
      throw error
    }
  }

  async #renew(chunks: readonly string[]): Promise<void> {
    const pipeline = this.#redis.pipeline()
    for (const key of chunks) pipeline.expire(key, GRACE_SECONDS)
    await pipeline.exec()
  }

  async #unpublish(namespace: string, sha256: string, text: string): Promise<boolean> {
    const { id, chunks } = Entry.parse(JSON.parse(text))
    const keys = Array.from({ length: chunks }, (_, index) => redisKeys.blobChunk(id, index))
    const args = [namespace, sha256, text, GRACE_SECONDS]
    return await blobScripts.unpublish(this.#redis, [...keysOf(namespace), ...keys], args)
  }

  async #find(namespace: string, sha256: string): Promise<Entry> {
    checkBlobAddress(namespace, sha256)
    const text = await this.#redis.hget(redisKeys.blobs(namespace), sha256)
    if (text === null) throw new BlobNotFoundError(namespace, sha256)
    return Entry.parse(JSON.parse(text))
  }

  /** Reads the next chunk only when the previous one was consumed. */
  async *#read({ id }: Entry, start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = start; at <= end; ) {
      const index = Math.floor(at / CHUNK_BYTES)
      const chunk = await this.#redis.getBuffer(redisKeys.blobChunk(id, index))
      if (!chunk) throw new Error(`Chunk ${index} of a blob is missing.`)
      const first = index * CHUNK_BYTES
      yield chunk.subarray(at - first, end + 1 - first)
      at = first + CHUNK_BYTES
    }
  }
}

function keysOf(namespace: string): string[] {
  return [redisKeys.blobs(namespace), redisKeys.blobNamespaces]
}
