import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { S3BlobStore } from '#stores/blobs/s3-blob-store.ts'
import { startS3 } from '#test/support/start-s3.ts'

const SEVERAL_PARTS = 20_000_000

describe('blobs in S3', () => {
  let server: Awaited<ReturnType<typeof startS3>>
  let url: URL
  let client: S3Client
  before(async () => {
    server = await startS3()
    url = new URL(server.url)
    const endpoint = url.searchParams.get('endpoint')!
    client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1' })
  })
  after(() => server.stop())

  const at = (pathname: string) => Object.assign(new URL(url), { pathname })
  const keys = async (Prefix: string) => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: url.hostname, Prefix }))
    return Contents.map(({ Key }) => Key)
  }

  for (const [size, content] of [
    ['small', Buffer.from('small')],
    ['large', Buffer.alloc(SEVERAL_PARTS)],
  ] as const) {
    it(`are stored under their prefix, with any characters, and nothing else is: ${size}`, async () => {
      const store = new S3BlobStore(at(`/${size}%20models/%C3%BC+`))
      const { sha256 } = await store.put('job_1', [content])
      assert.deepEqual(await keys(size), [`${size} models/ü+/job_1/${sha256}`])
      await store.deleteAll('job_1')
      assert.deepEqual(await keys(size), [])
    })
  }

  it('leave no objects if large content fails', async () => {
    const store = new S3BlobStore(at('/failing'))
    const failing = async function* () {
      yield Buffer.alloc(SEVERAL_PARTS)
      throw new Error('the sender went away')
    }
    await assert.rejects(store.put('job_1', failing()), /the sender went away/)
    assert.deepEqual(await keys('failing'), [])
  })

  it('do not include files that a crashed writer left an hour ago, which are deleted, while new ones are kept', async () => {
    for (const [name, age] of Object.entries({ old: 3_700, fresh: 0 })) {
      const mtime = String(Math.floor(Date.now() / 1000) - age)
      const Key = `crashed/incoming/${name}`
      await client.send(
        new PutObjectCommand({ Bucket: url.hostname, Key, Body: 'half', Metadata: { mtime } }),
      )
    }
    await new S3BlobStore(at('/crashed')).ready()
    assert.deepEqual(await keys('crashed'), ['crashed/incoming/fresh'])
  })

  it('are not ready without their bucket, and the error names it', async () => {
    const nowhere = new S3BlobStore(new URL(server.url.replace('s3://blobs', 's3://missing')))
    await assert.rejects(nowhere.ready(), /ARTIFACT_URL names the bucket missing/)
  })

  it('close their content when the service does not respond', async () => {
    const gone = await startS3()
    const store = new S3BlobStore(new URL(gone.url))
    await gone.stop()
    const closing = new EventEmitter()
    const closed = once(closing, 'closed')
    const content = async function* () {
      try {
        for (;;) yield Buffer.alloc(1_000_000)
      } finally {
        closing.emit('closed')
      }
    }
    await assert.rejects(store.put('job_1', content()), /ECONNREFUSED/)
    await closed
  })
})
