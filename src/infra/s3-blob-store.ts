import { createHash, randomUUID } from 'node:crypto'
import { Readable, Transform } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { checkBlobAddress, checkBlobRange } from './blob-address.ts'
import { BlobNotFoundError } from './blob-not-found-error.ts'
import type { BlobListing, BlobRange, BlobStore, StoredBlob } from './blob-store.ts'

/** No namespace can have this name: it lacks the underscore. */
const INCOMING = 'incoming'
const ABANDONED_AFTER_MS = 3_600_000
const KEY = /^(?<namespace>[^/]+)\/(?<sha256>[0-9a-f]{64})$/

/**
 * Blobs as objects, `<prefix><namespace>/<sha256>`, in any service that speaks S3. The digest is known when all has been sent, so
 * content goes to a key of its own first (in parts) and is copied by the service.
 */
export class S3BlobStore implements BlobStore {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string

  /**
   * @param url `s3://bucket/prefix?endpoint=https://host:port&region=name`; keys come from AWS_ACCESS_KEY_ID and
   * AWS_SECRET_ACCESS_KEY or whatever else the SDK looks at
   */
  constructor(url: string) {
    const { hostname, pathname, searchParams } = new URL(url)
    const endpoint = searchParams.get('endpoint')
    this.#bucket = hostname
    this.#prefix = pathname.replace(/^\/+/, '').replace(/([^/])$/, '$1/')
    this.#client = new S3Client({
      region: searchParams.get('region') ?? process.env.AWS_REGION ?? 'us-east-1',
      ...(endpoint && { endpoint, forcePathStyle: true }),
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    })
  }

  async put(
    namespace: string,
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<StoredBlob> {
    checkBlobAddress(namespace)
    const incoming = this.#key(`${INCOMING}/${randomUUID()}`)
    try {
      const blob = await this.#upload(incoming, content)
      const from = `${this.#bucket}/${incoming}`
      const key = this.#key(`${namespace}/${blob.sha256}`)
      await this.#client.send(new CopyObjectCommand({ ...this.#at(key), CopySource: from }))
      return blob
    } finally {
      // What cannot be deleted now is cleared away by `ready`.
      await this.#client.send(new DeleteObjectCommand(this.#at(incoming))).catch(() => {})
    }
  }

  async stat(namespace: string, sha256: string): Promise<{ sizeBytes: number }> {
    const key = this.#blobKey(namespace, sha256)
    const { ContentLength } = await orNotFound(
      this.#client.send(new HeadObjectCommand(this.#at(key))),
      namespace,
      sha256,
    )
    return { sizeBytes: ContentLength! }
  }

  async open(namespace: string, sha256: string, range?: BlobRange) {
    const { sizeBytes } = await this.stat(namespace, sha256)
    if (range) checkBlobRange(range, sizeBytes)
    if (sizeBytes === 0) return { sizeBytes, stream: Readable.from([], { objectMode: false }) }
    const part = range && { Range: `bytes=${range.start}-${range.end}` }
    const { Body } = await orNotFound(
      this.#client.send(new GetObjectCommand({ ...this.#at(this.#key(`${namespace}/${sha256}`)), ...part })),
      namespace,
      sha256,
    )
    return { sizeBytes, stream: Body as Readable }
  }

  async delete(namespace: string, sha256: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#at(this.#blobKey(namespace, sha256))))
  }

  async deleteAll(namespace: string): Promise<void> {
    checkBlobAddress(namespace)
    for await (const objects of this.#pages(`${namespace}/`)) {
      const keys = objects.map(({ Key }) => ({ Key }))
      if (keys.length === 0) continue
      const { Errors = [] } = await this.#client.send(
        new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects: keys, Quiet: true } }),
      )
      if (Errors.length > 0)
        throw new Error(`${Errors.length} blobs could not be deleted: ${Errors[0]!.Message}`)
    }
  }

  async *list(): AsyncGenerator<BlobListing, void, undefined> {
    for await (const objects of this.#pages('')) {
      for (const { Key, LastModified } of objects) {
        const place = KEY.exec(Key!.slice(this.#prefix.length))?.groups
        if (place) yield { namespace: place.namespace!, sha256: place.sha256!, storedAt: LastModified! }
      }
    }
  }

  async ready(): Promise<void> {
    await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }))
    const probe = this.#at(this.#key(`${INCOMING}/${randomUUID()}`))
    await this.#client.send(new PutObjectCommand({ ...probe, Body: '' }))
    await this.#client.send(new DeleteObjectCommand(probe))
    for await (const objects of this.#pages(`${INCOMING}/`)) {
      for (const { Key, LastModified } of objects) {
        if (Date.now() - LastModified!.getTime() > ABANDONED_AFTER_MS)
          await this.#client.send(new DeleteObjectCommand(this.#at(Key!)))
      }
    }
  }

  async #upload(key: string, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const hash = createHash('sha256')
    let sizeBytes = 0
    const measured = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk)
        sizeBytes += chunk.length
        done(undefined, chunk)
      },
    })
    const source = Readable.from(content, { objectMode: false })
    source.once('error', error => measured.destroy(error))
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#at(key), Body: source.pipe(measured) },
    })
    await upload.done()
    return { sha256: hash.digest('hex'), sizeBytes }
  }

  async *#pages(prefix: string) {
    const query = { Bucket: this.#bucket, Prefix: this.#key(prefix) }
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#client }, query))
      yield Contents
  }

  #blobKey(namespace: string, sha256: string): string {
    checkBlobAddress(namespace, sha256)
    return this.#key(`${namespace}/${sha256}`)
  }

  #key(name: string): string {
    return `${this.#prefix}${name}`
  }

  #at(key: string) {
    return { Bucket: this.#bucket, Key: key }
  }
}

async function orNotFound<T>(answer: Promise<T>, namespace: string, sha256: string): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
    if ($metadata?.httpStatusCode === 404) throw new BlobNotFoundError(namespace, sha256)
    throw error
  }
}
