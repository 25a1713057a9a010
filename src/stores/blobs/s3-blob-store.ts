import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
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
import { checkBlobAddress, checkBlobRange, isBlobAddress } from './blob-address.ts'
import { BlobNotFoundError } from './blob-not-found-error.ts'
import type { BlobListing, BlobRange, BlobStore, StoredBlob } from './blob-store.ts'
import { rechunk } from './rechunk.ts'

/** Not a valid namespace, because it has no underscore. */
const INCOMING = 'incoming'
const ABANDONED_AFTER_MS = 3_600_000
/** Four parts are in memory at once, and S3 accepts 10,000 parts. */
const PART_BYTES = 8_388_608
/** The limit of S3 for a copy in one request. */
const COPY_BYTES = 5 * 1024 ** 3

/**
 * Blobs as objects, `<prefix><namespace>/<sha256>`, in any service that speaks S3. The digest is known only when all content has been
 * read. Content that fits into one part stays in memory until then; larger content is uploaded to a temporary key first, and the
 * service copies it.
 */
export class S3BlobStore implements BlobStore {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string

  /**
   * @param url `s3://bucket/prefix?endpoint=https://host:port&region=name`; credentials come from AWS_ACCESS_KEY_ID and
   * AWS_SECRET_ACCESS_KEY, or from the SDK's other sources
   */
  constructor({ hostname, pathname, searchParams }: URL) {
    if (hostname === '') throw new Error('an s3:// URL must name a bucket')
    const endpoint = searchParams.get('endpoint')
    if (endpoint !== null && !/^https?:\/\/./.test(endpoint))
      throw new Error('the endpoint of an s3:// URL must begin with https:// or http://')
    // Without an endpoint this is AWS, and the SDK finds the region where it finds the credentials.
    const region = searchParams.get('region') ?? (endpoint === null ? undefined : 'us-east-1')
    this.#bucket = hostname
    this.#prefix = decodeURIComponent(pathname.replace(/^\/+/, '').replace(/([^/])$/, '$1/'))
    this.#client = new S3Client({
      ...(region && { region }),
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
    const parts = rechunk(content, PART_BYTES)
    const { value: first = Buffer.alloc(0) } = await parts.next()
    if (first.length === PART_BYTES) return await this.#putInParts(namespace, first, parts)
    const sha256 = createHash('sha256').update(first).digest('hex')
    const place = this.#at(this.#blobKey(namespace, sha256))
    await this.#client.send(new PutObjectCommand({ ...place, Body: first }))
    return { sha256, sizeBytes: first.length }
  }

  async copy(from: string, sha256: string, to: string): Promise<StoredBlob> {
    const { sizeBytes } = await this.stat(from, sha256)
    await orNotFound(this.#copyObject(this.#blobKey(from, sha256), this.#blobKey(to, sha256)), from, sha256)
    return { sha256, sizeBytes }
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
        const [namespace = '', sha256 = ''] = Key!.slice(this.#prefix.length).split('/', 2)
        if (Key !== this.#key(`${namespace}/${sha256}`)) continue
        if (isBlobAddress(namespace, sha256)) yield { namespace, sha256, storedAt: LastModified! }
      }
    }
  }

  async ready(): Promise<void> {
    await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket })).catch(error => {
      if (!isNotFound(error)) throw error
      throw new Error(`ARTIFACT_URL names the bucket ${this.#bucket}, which does not exist.`, {
        cause: error,
      })
    })
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

  async #putInParts(
    namespace: string,
    first: Buffer,
    rest: AsyncGenerator<Buffer, void, undefined>,
  ): Promise<StoredBlob> {
    const incoming = this.#key(`${INCOMING}/${randomUUID()}`)
    try {
      const blob = await this.#upload(incoming, first, rest)
      await this.#copyObject(incoming, this.#blobKey(namespace, blob.sha256))
      return blob
    } finally {
      // If this fails, `ready` deletes the object later.
      await this.#client.send(new DeleteObjectCommand(this.#at(incoming))).catch(() => {})
    }
  }

  async #upload(
    key: string,
    first: Buffer,
    rest: AsyncGenerator<Buffer, void, undefined>,
  ): Promise<StoredBlob> {
    const hash = createHash('sha256')
    let sizeBytes = 0
    const measured = async function* () {
      for await (const part of startingWith(first, rest)) {
        sizeBytes += part.length
        if (sizeBytes > COPY_BYTES) throw new Error(`A blob in S3 can have at most ${COPY_BYTES} bytes.`)
        hash.update(part)
        yield part
      }
    }
    const params = { ...this.#at(key), Body: Readable.from(measured(), { objectMode: false }) }
    try {
      await new Upload({ client: this.#client, params, partSize: PART_BYTES }).done()
    } finally {
      // Closes the content if the upload failed. Not awaited, because the content itself may be waiting.
      rest.return().catch(() => {})
    }
    return { sha256: hash.digest('hex'), sizeBytes }
  }

  async #copyObject(from: string, to: string): Promise<void> {
    const source = `${this.#bucket}/${from}`.split('/').map(encodeURIComponent).join('/')
    await this.#client.send(new CopyObjectCommand({ ...this.#at(to), CopySource: source }))
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
    if (isNotFound(error)) throw new BlobNotFoundError(namespace, sha256)
    throw error
  }
}

function isNotFound(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404
}

async function* startingWith(first: Buffer, rest: AsyncIterable<Buffer>) {
  yield first
  yield* rest
}
