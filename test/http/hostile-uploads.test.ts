import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { zipSync } from 'fflate'
import sharp from 'sharp'
import { IMPORT } from '#children/child-limits.ts'
import { Importer } from '#children/importer.ts'
import { randomStream } from '#network/random.ts'
import { createApp } from '#src/app.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { get, upload } from '#test/support/watch-job.ts'
import { uploadsOf } from '#uploads/resume-uploads.ts'

const FIXTURES = new URL('../fixtures/corrupt-h5/', import.meta.url)
const layer = (class_name: string, config: object) => ({ class_name, config })
const MODEL = {
  name: 'm',
  topology: {
    class_name: 'Sequential',
    config: {
      layers: [
        layer('InputLayer', { name: 'in', batch_shape: [null, 4] }),
        layer('Dense', { name: 'd', units: 3 }),
      ],
    },
  },
}

/** Each file at which HDF5 fails costs the start of a process. */
const DAMAGED = 12
/** The offsets of HDF5's own tables. */
const HEAD_BYTES = 4096

describe('an api that receives files that it cannot read', () => {
  let test: TestStores
  let app: Awaited<ReturnType<typeof createApp>>
  let importer: Importer
  let url: string
  let uploads: string
  before(async () => {
    test = await startStores()
    uploads = await mkdtemp(join(tmpdir(), 'thresher-hostile-'))
    const limits: typeof IMPORT.limits = bytes => ({
      ...IMPORT.limits(bytes),
      seconds: 600,
      processorSeconds: 4,
    })
    importer = new Importer({ ...IMPORT, limits })
    const children = { ...test.children, importer }
    app = await createApp(test.stores, children, { uploadsDir: uploadsOf(uploads, process.pid) })
    await app.listen({ host: '127.0.0.1', port: 0 })
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  })
  after(async () => {
    await app.close()
    await importer.close()
    await test.stop()
    await rm(uploads, { recursive: true, force: true })
  })

  const left = () => readdir(uploadsOf(uploads, process.pid))
  /** Waits until the files of uploads are deleted, which happens after the answer. */
  async function cleared(): Promise<void> {
    while ((await left()).length > 0) await new Promise(resolve => setTimeout(resolve, 10))
  }

  async function settled(id: string) {
    for (;;) {
      const { body } = await get(url, `/v1/datasets/${id}`)
      if (body.status !== 'validating') return body
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  it('refuses them as invalid requests, and accepts a valid one meanwhile', async () => {
    const bring = async (name: string) =>
      upload(url, '/v1/models', MODEL, { [name]: await readFile(new URL(name, FIXTURES)) })
    const hanging = bring('hang.h5')
    assert.equal((await bring('healthy.h5')).status, 201)
    const { status, body } = await hanging
    assert.deepEqual([status, body.code, body.errors[0].path], [400, 'invalid_request', 'file'])
    assert.equal(
      body.detail,
      'file: hang.h5: reading it takes more than 4 s of processor time, which is the limit',
    )
    const damaged = await bring('open-fails.h5')
    assert.deepEqual([damaged.status, damaged.body.code], [400, 'invalid_request'])
    assert.equal(damaged.body.detail, 'file: open-fails.h5 is damaged or cut off: HDF5 cannot open it')
    await cleared()
  })

  it('answers uploads of files with changed bytes, never with a 5xx', async () => {
    const healthy = await readFile(new URL('healthy.h5', FIXTURES))
    const random = randomStream(1, 'bytes')
    const damaged = Array.from({ length: DAMAGED }, () => {
      const bytes = Uint8Array.from(healthy)
      for (let flips = 1 + random.below(8); flips > 0; flips--)
        bytes[random.below(random.next() < 0.5 ? HEAD_BYTES : bytes.length)] = random.below(256)
      return bytes
    })
    const answers = await Promise.all(
      damaged.map(bytes => upload(url, '/v1/models', MODEL, { 'w.h5': bytes })),
    )
    for (const { status, body } of answers) assert.ok([201, 400].includes(status), JSON.stringify(body))
    assert.equal((await upload(url, '/v1/models', MODEL, { 'w.h5': healthy })).status, 201)
  })

  it('reads many at once', async () => {
    const healthy = await readFile(new URL('healthy.h5', FIXTURES))
    const brought = Array.from({ length: 12 }, () => upload(url, '/v1/models', MODEL, { 'w.h5': healthy }))
    assert.deepEqual(new Set((await Promise.all(brought)).map(({ status }) => status)), new Set([201]))
    await cleared()
  })

  it('settles a dataset with an empty image', async () => {
    const create = { width: 6, height: 6, channels: 3, background: 'red' } as const
    const image = await sharp({ create }).png().toBuffer()
    const zip = zipSync({ 'c0/0.png': new Uint8Array(0), 'c1/1.png': image })
    const spec = { name: 'empty', format: 'imageFolder', size: [6, 6] }
    const { body } = await upload(url, '/v1/datasets', spec, { 'a.zip': zip })
    // The answer is 422 with the dataset's id, or 202 with the dataset if reading takes longer.
    assert.equal((await settled(body.datasetId ?? body.id)).status, 'invalid')
    await cleared()
  })

  it('deletes an upload whose client disconnects during it', async () => {
    const countRecords = async () => (await get(url, '/v1/datasets?limit=100')).body.data.length
    const records = await countRecords()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const head = [
      'POST /v1/datasets HTTP/1.1',
      'Host: localhost',
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Length: 1000000',
    ]
    const part = (name: string) => `--x\r\nContent-Disposition: form-data; name="${name}"`
    const spec = JSON.stringify({ name: 'half', format: 'csv', label: 'y' })
    socket.write(`${head.join('\r\n')}\r\n\r\n${part('spec')}\r\n\r\n${spec}\r\n`)
    socket.write(`${part('file')}; filename="half.csv"\r\n\r\na,y\n${'1,0\n'.repeat(50_000)}`)
    while ((await left()).length === 0) await new Promise(resolve => setTimeout(resolve, 10))
    socket.destroy()
    await once(socket, 'close')
    await cleared()
    assert.equal(await countRecords(), records)
  })

  it('settles a dataset although Redis refused writes when it was validated', async () => {
    const { redis } = test.stores
    const rows = `a,y\n${'1,0\n2,1\n'.repeat(500_000)}`
    const uploading = upload(
      url,
      '/v1/datasets',
      { name: 'late', format: 'csv', label: 'y' },
      { 'late.csv': rows },
    )
    while (!(await get(url, '/v1/datasets')).body.data.some(({ name }: { name: string }) => name === 'late'))
      await new Promise(resolve => setTimeout(resolve, 10))
    await redis.config('SET', 'maxmemory', '1')
    while (!/errorstat_OOM/.test(await redis.info('errorstats')))
      await new Promise(resolve => setTimeout(resolve, 50))
    await redis.config('SET', 'maxmemory', '0')
    const { body } = await uploading
    assert.deepEqual((await settled(body.id)).splits, { train: 1_000_000, test: 0 })
    await cleared()
  })
})
