import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import sharp from 'sharp'
import { startService } from '#test/support/start-service.ts'
import { type Frame, get, post, upload, watchJob } from '#test/support/watch-job.ts'

async function settled(url: string, id: string): Promise<Frame> {
  for (;;) {
    const { body } = await get(url, `/v1/datasets/${id}`)
    if (body.status !== 'validating') return body
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Waits for an upload to be validated. @returns its id */
async function validating(url: string): Promise<string> {
  for (;;) {
    const { body } = await get(url, '/v1/datasets?limit=1')
    const { id, name, status } = body.data[0]
    if (status === 'validating') return id
    if (name === 'many' && status === 'ready')
      throw new Error('The upload was validated before anything could be killed.')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Waits for the folders of uploads to go: they do so after their records are settled. */
async function cleared(uploads: string): Promise<void> {
  for (;;) {
    const pids = (await readdir(uploads)).filter(name => /^\d+$/.test(name))
    const folders = await Promise.all(pids.map(pid => readdir(join(uploads, pid))))
    if (folders.flat().length === 0) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

it('an upload that has arrived is validated even if everything is killed meanwhile', {
  timeout: 300_000,
}, async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'thresher-uploads-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const rows = Array.from({ length: 3_000_000 }, (_, i) => `${i % 7},${i % 11},${i % 3}`)
  const first = await startService(dataDir)
  const spec = { name: 'many', format: 'csv', label: 'y' }
  const uploading = upload(first.url, '/v1/datasets', spec, { 'many.csv': ['a,b,y', ...rows].join('\n') })
  uploading.catch(() => {})
  const id = await validating(first.url)
  await first.kill()

  const second = await startService(dataDir)
  const dataset = await settled(second.url, id)
  assert.deepEqual([dataset.status, dataset.splits], ['ready', { train: 3_000_000, test: 0 }])
  await cleared(join(dataDir, 'uploads'))
  assert.equal(await second.stop(), 0)
})

it('a folder of images trains where it lies', async t => {
  const service = await startService()
  t.after(() => service.stop())
  const root = join(service.dataDir, 'datasets', 'shades')
  for (const [split, count] of [
    ['train', 12],
    ['val', 3],
  ] as const) {
    for (const [shade, level] of [
      ['bright', 200],
      ['dark', 30],
    ] as const) {
      await mkdir(join(root, split, shade), { recursive: true })
      for (let i = 0; i < count; i++) {
        const background = { r: level + i, g: level - i, b: level }
        const image = sharp({ create: { width: 20 + i, height: 24, channels: 3, background } })
        await writeFile(join(root, split, shade, `${i}.jpg`), await image.jpeg().toBuffer())
      }
    }
  }
  const { body } = await post(service.url, '/v1/datasets', {
    name: 'shades',
    format: 'imageFolder',
    folder: 'shades',
    size: [8, 8],
  })
  const dataset = await settled(service.url, body.id)
  assert.deepEqual(
    [dataset.status, dataset.folder, dataset.classes, dataset.splits],
    ['ready', 'shades', ['bright', 'dark'], { train: 24, test: 6 }],
  )
  const layers = [
    { class_name: 'InputLayer', config: { name: 'image', batch_shape: [null, 8, 8, 3] } },
    { class_name: 'Flatten', config: { name: 'flat' } },
    { class_name: 'Dense', config: { name: 'shade', units: 2 } },
  ]
  const job = await post(service.url, '/v1/jobs', {
    dataset: { id: dataset.id },
    model: { topology: { class_name: 'Sequential', config: { layers } } },
    optimizer: { name: 'sgd', learningRate: 0.1 },
    augmentation: ['randomResizedCrop'],
    batchSize: 4,
    epochs: 5,
  })
  assert.equal(job.status, 201, JSON.stringify(job.body))
  await watchJob(service.url, job.body.id)
  const done = (await get(service.url, `/v1/jobs/${job.body.id}`)).body
  assert.deepEqual(
    [done.status, done.metrics?.validationAccuracy],
    ['succeeded', 1],
    JSON.stringify(done.error),
  )
})
