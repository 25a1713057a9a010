import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Redis } from 'ioredis'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import type { BlobStore } from '#stores/blobs/blob-store.ts'
import { openBlobStore } from '#stores/blobs/open-blob-store.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { startS3 } from '#test/support/start-s3.ts'
import { testBlobStore } from './blob-store-contract.ts'

const noRedis = () => assert.fail('there is no Redis')
const newFolder = () => mkdtemp(join(tmpdir(), 'thresher-blobs-'))

testBlobStore('a blob store of files', async () => {
  const folder = await newFolder()
  return {
    store: await openBlobStore(pathToFileURL(join(folder, 'made', 'when needed')).href, noRedis),
    close: () => rm(folder, { recursive: true }),
  }
})

it('a blob store of files reports its free space before its folder exists', async () => {
  const folder = await newFolder()
  const store = await openBlobStore(pathToFileURL(join(folder, 'not', 'made yet')).href, noRedis)
  assert.equal(typeof (await store.isNearlyFull!()), 'boolean')
  await rm(folder, { recursive: true })
})

testBlobStore('a blob store in Redis', async () => {
  const server = await startRedis()
  const redis = new Redis(server.url)
  return {
    store: await openBlobStore('redis://', () => redis),
    async close() {
      redis.disconnect()
      await server.stop()
    },
  }
})

testBlobStore('a blob store in S3', async () => {
  const server = await startS3()
  return { store: await openBlobStore(`${server.url}&region=eu-central-1`, noRedis), close: server.stop }
})

describe('a folder of blobs', () => {
  let root: string
  let store: BlobStore
  before(async () => {
    root = await newFolder()
    store = await openBlobStore(pathToFileURL(root).href, noRedis)
  })
  after(() => rm(root, { recursive: true }))

  it('names each file by its digest and leaves no other files', async () => {
    const { sha256 } = await store.put('job_1', [Buffer.from('weights')])
    await assert.rejects(store.put('job_1', [Buffer.from('half'), null as unknown as Uint8Array]))
    assert.deepEqual(await readdir(join(root, 'job_1')), [sha256])
    assert.deepEqual(await readdir(join(root, 'incoming')), [])
  })

  it('does not follow links out of itself', async () => {
    const elsewhere = await newFolder()
    const digest = 'a'.repeat(64)
    await writeFile(join(elsewhere, digest), 'secret')
    await symlink(elsewhere, join(root, 'job_linked'))
    await mkdir(join(root, 'job_2'))
    await symlink(join(elsewhere, digest), join(root, 'job_2', digest))
    await assert.rejects(store.open('job_linked', digest), BlobNotFoundError)
    await assert.rejects(store.open('job_2', digest), BlobNotFoundError)
    await store.deleteAll('job_linked')
    assert.deepEqual(await readdir(elsewhere), [digest])
    await rm(elsewhere, { recursive: true })
  })

  it('can itself be a link', async () => {
    const link = `${root}-link`
    await symlink(root, link)
    const { sha256 } = await store.put('job_3', [Buffer.from('weights')])
    const linked = await openBlobStore(pathToFileURL(link).href, noRedis)
    assert.equal((await linked.stat('job_3', sha256)).sizeBytes, 7)
    await rm(link)
  })

  it('deletes files that a crashed writer left an hour ago, and keeps files that are being written', async () => {
    const [old, fresh] = ['old', 'fresh'].map(name => join(root, 'incoming', name))
    await Promise.all([old, fresh].map(path => writeFile(path!, 'half')))
    const anHourAgo = Date.now() / 1000 - 3601
    await utimes(old!, anHourAgo, anHourAgo)
    await store.ready()
    assert.deepEqual(await readdir(join(root, 'incoming')), ['fresh'])
  })

  it('does not list files that other programs put beside its blobs', async () => {
    await mkdir(join(root, 'lost+found'))
    await mkdir(join(root, 'job_4'))
    for (const path of ['.DS_Store', 'lost+found/file', 'job_4/.DS_Store', `lost+found/${'a'.repeat(64)}`])
      await writeFile(join(root, path), '')
    for await (const { namespace, sha256 } of store.list()) await store.stat(namespace, sha256)
  })

  it('is not nearly full before anything was stored in it', async () => {
    const unmade = await openBlobStore(pathToFileURL(join(root, 'not', 'there yet')).href, noRedis)
    assert.equal(await unmade.isNearlyFull?.(), false)
  })

  it('is not ready when its folder cannot be created', async () => {
    const file = join(root, 'a-file')
    await writeFile(file, '')
    const nowhere = await openBlobStore(pathToFileURL(file).href, noRedis)
    await assert.rejects(nowhere.ready(), { code: 'ENOTDIR' })
  })
})

it('an invalid ARTIFACT_URL is rejected with valid examples and without its password', async () => {
  for (const [url, reason] of [
    ['ftp://user:secret@host/blobs', /no blob store supports ftp:/],
    ['/a/secret/folder', /Invalid URL/],
    ['file://secret/folder', /host/],
    ['s3:///secret', /must name a bucket/],
    ['s3://bucket?endpoint=secret:9000', /must begin with https/],
  ] as const) {
    await assert.rejects(openBlobStore(url, noRedis), ({ message }: Error) => {
      assert.match(message, reason)
      assert.match(message, /ARTIFACT_URL.*file:.*s3:.*redis:/)
      assert.doesNotMatch(message, /secret/)
      return true
    })
  }
})
