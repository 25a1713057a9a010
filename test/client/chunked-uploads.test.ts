import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Dataset, Thresher, ThresherError, type UploadProgress } from '@thresher/client'
import { type Fault, startHostileLine } from '#test/support/hostile-line.ts'
import { answer, broken, startScriptedServer } from '#test/support/scripted-server.ts'
import { startApi } from '#test/support/start-api.ts'
import { startPart } from '#test/support/start-part.ts'
import { startRedis } from '#test/support/start-redis.ts'

const MEBIBYTE = 1024 ** 2
const CHUNK = 8 * MEBIBYTE
const SPEC = { name: 'digits', format: 'idx' } as const
const EXAMPLES = 27_000

/** Two and a half chunks of images, and their labels, as IDX files. */
const FILES = [
  {
    name: 'train-images-idx3-ubyte',
    content: new Blob([header(3, EXAMPLES, 28, 28), bytesOf(784 * EXAMPLES)]),
  },
  { name: 'train-labels-idx1-ubyte', content: new Blob([header(1, EXAMPLES), bytesOf(EXAMPLES, 10)]) },
]
const TOTAL = FILES.reduce((sum, { content }) => sum + content.size, 0)

function header(axes: number, ...sizes: number[]): Buffer {
  const numbers = sizes.map(size => {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(size)
    return number
  })
  return Buffer.concat([Buffer.from([0, 0, 8, axes]), ...numbers])
}

function bytesOf(count: number, below = 251): Buffer {
  return Buffer.from(Uint8Array.from({ length: count }, (_, i) => (i * 7 + (i >> 8)) % below))
}

/** The digest of the dataset that a form makes of the same files. */
async function formDigest(url: string): Promise<string> {
  const form = new FormData()
  form.append('spec', JSON.stringify(SPEC))
  for (const { name, content } of FILES) form.append('file', content, name)
  const created = (await (
    await fetch(`${url}/v1/datasets`, { method: 'POST', body: form })
  ).json()) as Dataset
  return (await new Thresher({ url }).datasets.wait(created.id)).sha256!
}

/** Several api processes with folders of their own over the same Redis and blobs, as on several hosts. */
async function startHosts(t: TestContext) {
  const redis = await startRedis()
  const root = await mkdtemp(join(tmpdir(), 'thresher-hosts-'))
  const stop: (() => Promise<unknown>)[] = []
  t.after(async () => {
    for (const each of stop) await each()
    await redis.stop()
    await rm(root, { recursive: true })
  })
  return async (host: string) => {
    const ARTIFACT_URL = pathToFileURL(join(root, 'blobs')).href
    const api = await startPart('src/main.ts', {
      REDIS_URL: redis.url,
      DATA_DIR: join(root, host),
      ARTIFACT_URL,
    })
    stop.push(() => api.stop())
    return api
  }
}

describe('an upload of a file with several chunks', () => {
  it('sends the chunks again whose connections break, and makes the dataset that a form makes', async t => {
    const api = await startApi()
    t.after(() => api.stop())
    const after = [3, 3, 12].map(count => count * MEBIBYTE)
    const line = await startHostileLine(api.url, (connection): Fault | undefined => {
      const afterBytes = after[connection - 1]
      return afterBytes === undefined ? undefined : { afterBytes, of: 'requests', ending: 'reset' }
    })
    t.after(() => line.close())
    const progress: UploadProgress[] = []
    const { datasets } = new Thresher({ url: line.url })
    const created = await datasets.create(SPEC, FILES, { onProgress: now => progress.push({ ...now }) })
    const dataset = await datasets.wait(created.id)
    assert.ok(line.connections() >= 4)
    assert.deepEqual([dataset.status, dataset.splits], ['ready', { train: EXAMPLES, test: 0 }])
    assert.equal(dataset.sha256, await formDigest(api.url))
    assert.deepEqual(
      progress.map(({ sentBytes }) => sentBytes),
      [0, CHUNK, 2 * CHUNK, FILES[0]!.content.size, TOTAL],
    )
    assert.ok(progress.every(({ totalBytes }) => totalBytes === TOTAL))
  })

  it('continues with another api when the one that it began with is killed', async t => {
    const start = await startHosts(t)
    const [first, second] = [await start('a'), await start('b')]
    let target = first.url
    const line = await startHostileLine(() => target)
    t.after(() => line.close())
    const onProgress = ({ sentBytes }: UploadProgress) => {
      if (sentBytes !== CHUNK) return
      process.kill(first.pid, 'SIGKILL')
      target = second.url
    }
    const { datasets } = new Thresher({ url: line.url })
    const created = await datasets.create(SPEC, FILES, { onProgress })
    const dataset = await datasets.wait(created.id)
    assert.deepEqual([dataset.status, dataset.splits], ['ready', { train: EXAMPLES, test: 0 }])
    assert.equal(dataset.sha256, await formDigest(second.url))
  })

  it('is continued by another client, which sends only what is missing, and only of the same files', async t => {
    const api = await startApi()
    t.after(() => api.stop())
    const stop = new AbortController()
    let id = ''
    const uploading = new Thresher({ url: api.url }).datasets.create(SPEC, FILES, {
      signal: stop.signal,
      onAnnounced: dataset => {
        id = dataset.id
      },
      onProgress: ({ sentBytes }) => sentBytes === CHUNK && stop.abort(new Error('the laptop was closed')),
    })
    await assert.rejects(uploading, /the laptop was closed/)
    const { datasets } = new Thresher({ url: api.url })
    const [images, labels] = FILES
    const shorter = { ...images!, content: images!.content.slice(1) }
    await assert.rejects(datasets.resume(id, [shorter, labels!]), (error: Error) => {
      assert.ok(error instanceof ThresherError)
      assert.match(
        error.message,
        /train-images-idx3-ubyte has \d+ bytes; the upload of dataset_\w+ began with \d+/,
      )
      return true
    })
    await assert.rejects(datasets.resume(id, [images!]), /also has the file train-labels-idx1-ubyte/)
    const sent: number[] = []
    await datasets.resume(id, FILES, { onProgress: ({ sentBytes }) => sent.push(sentBytes) })
    assert.equal(sent[0], CHUNK)
    const { status, sha256 } = await datasets.wait(id)
    assert.deepEqual([status, sha256], ['ready', await formDigest(api.url)])
    assert.equal((await datasets.resume(id, FILES)).status, 'ready')
  })

  it('is announced again under the same idempotency key when the answer is lost', async t => {
    const ready = { id: 'dataset_a', status: 'ready' }
    const server = await startScriptedServer(broken, answer(201, ready))
    t.after(() => server.close())
    const { datasets } = new Thresher({ url: server.url })
    assert.deepEqual(await datasets.create(SPEC, FILES), ready)
    const [first, second] = server.requests.map(({ headers }) => headers['idempotency-key'])
    assert.match(String(first), /^[0-9a-f]{32}$/)
    assert.equal(second, first)
  })
})
