import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ChainableCommander, Redis } from 'ioredis'
import { z } from 'zod'
import { checkBlobAddress, checkBlobRange } from './blob-address.ts'
import { BlobNotFoundError } from './blob-not-found-error.ts'
import type { BlobListing, BlobRange, BlobStore, StoredBlob } from './blob-store.ts'
import { rechunk } from './rechunk.ts'
import { redisKeys } from './redis-keys.ts'

const CHUNK_BYTES = 524_288
/** How long the chunks of a blob outlive it, for downloads that have begun; and those of a writer that has crashed. */
const GRACE_SECONDS = 900

const Entry = z.object({ id: z.string(), sizeBytes: z.int(), chunks: z.int(), storedAt: z.int() })
type Entry = z.infer<typeof Entry>

/** KEYS: blobs of the namespace, namespaces, chunks... ARGV: namespace, digest, entry. Returns the entry that it replaces. */
const PUBLISH = `
for i = 3, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 0 then return redis.error_reply('a chunk has expired') end
end
for i = 3, #KEYS do redis.call('PERSIST', KEYS[i]) end
local replaced = redis.call('HGET', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('SADD', KEYS[2], ARGV[1])
return replaced`

/**
 * Blobs in Redis, in chunks: for fleets that share nothing else. A blob is an entry in its namespace's hash; chunks belong to one
 * writing, so that whoever reads is not disturbed when the blob is deleted.
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
    const hash = createHash('sha256')
    const chunks: string[] = []
    let sizeBytes = 0
    try {
      for await (const chunk of rechunk(content, CHUNK_BYTES)) {
        const key = redisKeys.blobChunk(id, chunks.length)
        chunks.push(key)
        hash.update(chunk)
        sizeBytes += chunk.length
        await this.#redis.set(key, chunk, 'EX', GRACE_SECONDS)
      }
      const sha256 = hash.digest('hex')
      const entry: Entry = { id, sizeBytes, chunks: chunks.length, storedAt: Date.now() }
      await this.#publish(namespace, sha256, chunks, entry)
      return { sha256, sizeBytes }
    } catch (error) {
      // What cannot be deleted now will expire.
      if (chunks.length > 0) await this.#redis.del(...chunks).catch(() => {})
      throw error
    }
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
    const entry = await this.#redis.hget(redisKeys.blobs(namespace), sha256)
    if (entry === null) return
    await this.#leave(this.#redis.multi().hdel(redisKeys.blobs(namespace), sha256), entry).exec()
  }

  async deleteAll(namespace: string): Promise<void> {
    checkBlobAddress(namespace)
    for (const sha256 of await this.#redis.hkeys(redisKeys.blobs(namespace)))
      await this.delete(namespace, sha256)
    await this.#redis.srem(redisKeys.blobNamespaces, namespace)
  }

  async *list(): AsyncGenerator<BlobListing, void, undefined> {
    for (const namespace of await this.#redis.smembers(redisKeys.blobNamespaces)) {
      for (const [sha256, text] of Object.entries(await this.#redis.hgetall(redisKeys.blobs(namespace))))
        yield { namespace, sha256, storedAt: new Date(Entry.parse(JSON.parse(text)).storedAt) }
    }
  }

  async ready(): Promise<void> {
    await this.#redis.ping()
  }

  async #publish(namespace: string, sha256: string, chunks: readonly string[], entry: Entry): Promise<void> {
    const keys = [redisKeys.blobs(namespace), redisKeys.blobNamespaces, ...chunks]
    const args = [namespace, sha256, JSON.stringify(entry)]
    const replaced = (await this.#redis.eval(PUBLISH, keys.length, ...keys, ...args)) as string | null
    if (replaced !== null) await this.#leave(this.#redis.multi(), replaced).exec()
  }

  /** Lets the chunks of an entry that is no longer named expire. */
  #leave(transaction: ChainableCommander, entry: string): ChainableCommander {
    const { id, chunks } = Entry.parse(JSON.parse(entry))
    for (let i = 0; i < chunks; i++) transaction.expire(redisKeys.blobChunk(id, i), GRACE_SECONDS)
    return transaction
  }

  async #find(namespace: string, sha256: string): Promise<Entry> {
    checkBlobAddress(namespace, sha256)
    const text = await this.#redis.hget(redisKeys.blobs(namespace), sha256)
    if (text === null) throw new BlobNotFoundError(namespace, sha256)
    return Entry.parse(JSON.parse(text))
  }

  /** Chunk by chunk, as fast as they are taken. */
  async *#read({ id }: Entry, start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = start; at <= end; ) {
      const index = Math.floor(at / CHUNK_BYTES)
      const chunk = await this.#redis.getBuffer(redisKeys.blobChunk(id, index))
      if (!chunk) throw new Error(`Chunk ${index} of a blob is gone.`)
      const first = index * CHUNK_BYTES
      yield chunk.subarray(at - first, end + 1 - first)
      at = first + CHUNK_BYTES
    }
  }
}
