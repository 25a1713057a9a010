import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import type { BlobListing, BlobStore } from '#stores/blobs/blob-store.ts'

/** Tests the contract of every blob store. @param open opens an empty store; its `close` releases what the store uses */
export function testBlobStore(
  name: string,
  open: () => Promise<{ store: BlobStore; close(): Promise<void> }>,
): void {
  describe(name, () => {
    let store: BlobStore
    let close: () => Promise<void>
    before(async () => {
      ;({ store, close } = await open())
      await store.ready()
    })
    after(() => close())

    const text = Buffer.from('Most of these weights are exactly zero.')
    const bytesOf = async (namespace: string, sha256: string, range?: { start: number; end: number }) => {
      const { stream, sizeBytes } = await store.open(namespace, sha256, range)
      return { sizeBytes, bytes: Buffer.concat(await stream.toArray()) }
    }

    it('returns stored content under its digest', async () => {
      const blob = await store.put('job_1', [text])
      assert.deepEqual(blob, { sha256: sha256Of(text), sizeBytes: text.length })
      assert.deepEqual(await store.stat('job_1', blob.sha256), { sizeBytes: text.length })
      assert.deepEqual(await bytesOf('job_1', blob.sha256), { sizeBytes: text.length, bytes: text })
    })

    it('stores content in pieces, and content larger than any buffer', async () => {
      const pieces = Array.from({ length: 200 }, (_, i) => Buffer.alloc(100_000 + i, i))
      const whole = Buffer.concat(pieces)
      const { sha256, sizeBytes } = await store.put('job_pieces', inPieces(pieces))
      assert.deepEqual([sha256, sizeBytes], [sha256Of(whole), whole.length])
      assert.ok((await bytesOf('job_pieces', sha256)).bytes.equals(whole))
      const range = { start: 99_990, end: 3_000_000 }
      assert.ok((await bytesOf('job_pieces', sha256, range)).bytes.equals(whole.subarray(99_990, 3_000_001)))
    })

    it('stores an empty blob', async () => {
      const { sha256 } = await store.put('job_empty', [])
      assert.deepEqual(await bytesOf('job_empty', sha256), { sizeBytes: 0, bytes: Buffer.alloc(0) })
    })

    it('opens ranges with both ends included, and rejects invalid ranges', async () => {
      const { sha256, sizeBytes } = await store.put('job_range', [text])
      assert.deepEqual(await bytesOf('job_range', sha256, { start: 5, end: 12 }), {
        sizeBytes,
        bytes: text.subarray(5, 13),
      })
      assert.equal((await bytesOf('job_range', sha256, { start: 0, end: 0 })).bytes.length, 1)
      assert.equal(
        (await bytesOf('job_range', sha256, { start: 0, end: sizeBytes - 1 })).bytes.length,
        sizeBytes,
      )
      for (const range of [
        { start: 0, end: sizeBytes },
        { start: 3, end: 2 },
        { start: -1, end: 2 },
        { start: 0.5, end: 2 },
      ]) {
        await assert.rejects(store.open('job_range', sha256, range), RangeError)
      }
    })

    it('stores the same content again, also concurrently', async () => {
      const blobs = await Promise.all(Array.from({ length: 8 }, () => store.put('job_again', [text])))
      assert.equal(new Set(blobs.map(({ sha256 }) => sha256)).size, 1)
      assert.deepEqual((await bytesOf('job_again', blobs[0]!.sha256)).bytes, text)
    })

    it('rejects before the first byte when a blob does not exist', async () => {
      const { sha256 } = await store.put('job_here', [text])
      await assert.rejects(store.open('job_elsewhere', sha256), BlobNotFoundError)
      await assert.rejects(store.open('job_here', sha256Of(Buffer.from('other'))), BlobNotFoundError)
      await assert.rejects(store.stat('job_elsewhere', sha256), BlobNotFoundError)
    })

    it('stores nothing if the content fails', async () => {
      const failing = async function* () {
        yield text
        throw new Error('the sender went away')
      }
      await assert.rejects(store.put('job_failing', failing()), /the sender went away/)
      await assert.rejects(store.open('job_failing', sha256Of(text)), BlobNotFoundError)
    })

    it('stores nothing if large content fails late', async () => {
      const begun = Buffer.alloc(20_000_000, 'begun')
      const failing = async function* () {
        yield begun
        throw new Error('the sender went away')
      }
      await assert.rejects(store.put('job_failing', failing()), /the sender went away/)
      await assert.rejects(store.open('job_failing', sha256Of(begun)), BlobNotFoundError)
    })

    it('deletes a namespace and no others', async () => {
      const { sha256 } = await store.put('job_7', [text])
      await store.put('job_7', [Buffer.from('more')])
      await store.put('job_77', [text])
      await store.deleteAll('job_7')
      await assert.rejects(store.stat('job_7', sha256), BlobNotFoundError)
      assert.deepEqual((await bytesOf('job_77', sha256)).bytes, text)
      await store.deleteAll('job_7')
      await store.put('job_7', [text])
      assert.deepEqual((await bytesOf('job_7', sha256)).bytes, text)
    })

    it('copies a blob to another namespace, where it outlives the first and counts as new', async () => {
      const { sha256, sizeBytes } = await store.put('job_copied', [text])
      const copies = await Promise.all([1, 2, 3].map(() => store.copy('job_copied', sha256, 'model_copy')))
      for (const copy of copies) assert.deepEqual(copy, { sha256, sizeBytes })
      await store.deleteAll('job_copied')
      assert.deepEqual((await bytesOf('model_copy', sha256)).bytes, text)
      for await (const { namespace, storedAt } of store.list())
        if (namespace === 'model_copy') assert.ok(Math.abs(Date.now() - storedAt.getTime()) < 60_000)
      await assert.rejects(store.copy('job_copied', sha256, 'model_copy'), BlobNotFoundError)
      await assert.rejects(store.copy('model_copy', sha256, '../x'), TypeError)
      await store.deleteAll('model_copy')
    })

    it('deletes one blob of a namespace', async () => {
      const [kept, gone] = await Promise.all(
        [text, Buffer.from('gone')].map(bytes => store.put('job_one', [bytes])),
      )
      await store.delete('job_one', gone!.sha256)
      await assert.rejects(store.stat('job_one', gone!.sha256), BlobNotFoundError)
      assert.deepEqual((await bytesOf('job_one', kept!.sha256)).bytes, text)
      await store.delete('job_one', gone!.sha256)
    })

    it('lists its blobs and when they were stored', async () => {
      const blobs = await Promise.all(
        [text, Buffer.from('listed')].map(bytes => store.put('job_list', [bytes])),
      )
      const listed: BlobListing[] = []
      for await (const blob of store.list()) listed.push(blob)
      const found = listed.filter(({ namespace }) => namespace === 'job_list')
      assert.deepEqual(new Set(found.map(({ sha256 }) => sha256)), new Set(blobs.map(({ sha256 }) => sha256)))
      for (const { storedAt } of found) assert.ok(Math.abs(Date.now() - storedAt.getTime()) < 60_000)
      assert.ok(listed.every(({ namespace }) => namespace.startsWith('job_')))
    })

    it('completes a download in progress when its blob is deleted', async () => {
      const content = Buffer.alloc(3_000_000, 'deleted')
      const { sha256 } = await store.put('job_open', [content])
      const { stream } = await store.open('job_open', sha256)
      await store.deleteAll('job_open')
      assert.ok(Buffer.concat(await stream.toArray()).equals(content))
    })

    it('rejects invalid namespaces and digests', async () => {
      const { sha256 } = await store.put('job_8', [text])
      for (const namespace of [
        '',
        '.',
        '..',
        'job',
        '../job_8',
        'job_8/..',
        'job_8\n',
        'Job_8',
        'incoming',
        'job_',
      ]) {
        await assert.rejects(store.put(namespace, [text]), TypeError)
        await assert.rejects(store.open(namespace, sha256), TypeError)
        await assert.rejects(store.stat(namespace, sha256), TypeError)
        await assert.rejects(store.deleteAll(namespace), TypeError)
      }
      for (const digest of [
        '',
        '..',
        sha256.toUpperCase(),
        `../job_8/${sha256}`,
        `${sha256}\n`,
        sha256.slice(1),
      ]) {
        await assert.rejects(store.open('job_8', digest), TypeError)
        await assert.rejects(store.stat('job_8', digest), TypeError)
      }
    })
  })
}

async function* inPieces(pieces: readonly Uint8Array[]) {
  yield* pieces
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
