import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { zipSync } from 'fflate'
import sharp from 'sharp'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, labelsOf, post, upload, watchJob } from '#test/support/watch-job.ts'

let service: Service
before(async () => {
  service = await startService()
})
after(() => service.stop())

const layer = (class_name: string, name: string, config: object) => ({
  class_name,
  config: { name, ...config },
})
const network = (shape: number[], layers: object[]) => ({
  topology: {
    class_name: 'Sequential',
    config: { layers: [layer('InputLayer', 'examples', { batch_shape: [null, ...shape] }), ...layers] },
  },
})
const SGD = { name: 'sgd', learningRate: 0.1 }

/** Uploads a dataset and waits until it is ready, or known to be invalid. */
async function takeIn(spec: object, files: Record<string, string | Uint8Array>) {
  const { status, body } = await upload(service.url, '/v1/datasets', { name: 'own', ...spec }, files)
  assert.ok([201, 202, 422].includes(status), JSON.stringify(body))
  for (;;) {
    const dataset = (await get(service.url, `/v1/datasets/${body.id ?? body.datasetId}`)).body
    if (dataset.status !== 'validating') return dataset
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function train(job: object) {
  const { status, body } = await post(service.url, `/v1/jobs`, job)
  assert.equal(status, 201, JSON.stringify(body))
  await watchJob(service.url, body.id)
  const done = (await get(service.url, `/v1/jobs/${body.id}`)).body
  assert.equal(done.status, 'succeeded', JSON.stringify(done.error))
  return done
}

/** y = 2 a - 3 b, on a grid. */
const POINTS = Array.from(
  { length: 400 },
  (_, i) => [(i % 20) / 10 - 1, Math.floor(i / 20) / 10 - 1] as const,
)

it('a table of numbers trains a network that comes close to them', async () => {
  const rows = POINTS.map(([a, b]) => `${a},${b},${2 * a - 3 * b}`)
  const dataset = await takeIn(
    { format: 'csv', label: 'y', labels: 'targets' },
    { 'points.csv': ['a,b,y', ...rows].join('\n') },
  )
  assert.deepEqual([dataset.status, dataset.targets, dataset.splits], ['ready', 1, { train: 400, test: 0 }])
  assert.deepEqual([dataset.columns, dataset.labelColumns], [['a', 'b'], ['y']])
  const job = await train({
    dataset: { id: dataset.id },
    model: network([2], [layer('Dense', 'line', { units: 1 })]),
    optimizer: SGD,
    loss: 'meanSquaredError',
    batchSize: 20,
    epochs: 10,
  })
  assert.deepEqual(job.spec.validation, { fraction: 0.1 })
  const { columns, labelColumns, notes, statistics } = job.spec.dataset.upload
  assert.deepEqual([columns, labelColumns, notes, statistics], [['a', 'b'], ['y'], undefined, undefined])
  assert.ok(job.metrics.validationMeanAbsoluteError < 0.01, JSON.stringify(job.metrics))
  assert.equal(job.metrics.validationAccuracy, undefined)
  const losses = (await get(service.url, `/v1/jobs/${job.id}/metrics`)).body.data.map(
    ({ validationLoss }: Frame) => validationLoss,
  )
  assert.equal(job.best.validationLoss, Math.min(...losses))
  const { body } = await post(service.url, `/v1/jobs/${job.id}/predict`, { inputs: [[0.5, -0.5]] })
  assert.ok(Math.abs(body.outputs[0][0] - 2.5) < 0.05, JSON.stringify(body))
  assert.deepEqual([body.predictions, body.outputNames.length], [undefined, body.outputs[0].length])
})

it('a test file with its columns in another order is validated on the right ones', async () => {
  const isPositive = (a: number) => (a > 0 ? 'yes' : 'no')
  const dataset = await takeIn(
    { format: 'csv', label: 'sign' },
    {
      'test.csv': ['sign,b,a', ...POINTS.map(([a, b]) => `${isPositive(a)},${b},${a}`)].join('\n'),
      'train.csv': ['a,b,sign', ...POINTS.map(([a, b]) => `${a},${b},${isPositive(a)}`)].join('\n'),
    },
  )
  assert.deepEqual(dataset.notes, ['Column "sign" contains words, so it was read as the names of classes.'])
  const job = await train({
    dataset: { id: dataset.id },
    model: network([2], [layer('Dense', 'sign', { units: 2, activation: 'softmax' })]),
    optimizer: SGD,
    batchSize: 20,
    epochs: 5,
  })
  assert.ok(job.metrics.validationAccuracy > 0.9, JSON.stringify(job.metrics))
})

it('two classes train one output by binary cross-entropy', async () => {
  const rows = POINTS.map(([a, b]) => `${a},${b},${a > b ? 'above' : 'below'}`)
  const dataset = await takeIn(
    { format: 'csv', label: 'side' },
    { 'sides.csv': ['a,b,side', ...rows].join('\n') },
  )
  assert.deepEqual(dataset.classes, ['above', 'below'])
  const job = await train({
    dataset: { id: dataset.id },
    model: network([2], [layer('Dense', 'side', { units: 1, activation: 'sigmoid' })]),
    optimizer: { ...SGD, learningRate: 1 },
    loss: 'binaryCrossentropy',
    batchSize: 10,
    epochs: 5,
  })
  assert.ok(job.metrics.validationAccuracy > 0.9, JSON.stringify(job.metrics))
  const { body } = await post(service.url, `/v1/jobs/${job.id}/predict`, {
    inputs: [
      [1, -1],
      [-1, 1],
    ],
  })
  assert.deepEqual(labelsOf(body), ['above', 'below'])
  assert.ok(body.outputs[0][0] < 0.1 && body.outputs[1][0] > 0.9)
})

it('pictures of any size train a network, and are what its model is asked by', async () => {
  const picture = (background: string, width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer()
  const files: Record<string, Uint8Array> = {}
  for (let i = 0; i < 40; i++) {
    files[`train/blue/${i}.png`] = await picture(`rgb(${i},${2 * i},${150 + i})`, 20 + i, 30)
    files[`train/red/${i}.png`] = await picture(`rgb(${150 + i},${i},${i})`, 30, 20 + i)
  }
  files['val/red/0.png'] = await picture('rgb(220,10,10)', 50, 50)
  files['val/blue/0.png'] = await picture('rgb(10,10,220)', 60, 40)
  const dataset = await takeIn({ format: 'imageFolder', size: [16, 16] }, { 'pictures.zip': zipSync(files) })
  assert.deepEqual(
    [dataset.status, dataset.images, dataset.splits],
    ['ready', 'files', { train: 80, test: 2 }],
  )
  const job = await train({
    dataset: { id: dataset.id },
    model: network(
      [16, 16, 3],
      [
        layer('GlobalAveragePooling2D', 'mean', {}),
        layer('Dense', 'colour', { units: 2, activation: 'softmax' }),
      ],
    ),
    optimizer: { ...SGD, learningRate: 1 },
    augmentation: ['randomResizedCrop', 'horizontalFlip'],
    batchSize: 8,
    epochs: 8,
  })
  assert.equal(job.metrics.validationAccuracy, 1)
  const asked = await upload(
    service.url,
    `/v1/jobs/${job.id}/predict`,
    undefined,
    {
      'a.png': await picture('rgb(200,20,30)', 100, 90),
      'b.png': await picture('rgb(20,20,200)', 33, 44),
    },
    'image',
  )
  assert.deepEqual(labelsOf(asked.body), ['red', 'blue'])
  const wrong = await upload(
    service.url,
    `/v1/jobs/${job.id}/predict`,
    undefined,
    { 'c.png': 'no picture' },
    'image',
  )
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [400, 'image'])
  assert.match(wrong.body.errors[0].message, /c\.png is not an image/)
})

it('grey pictures train a network that knows of no channels, and those it is asked by become the same grey', async () => {
  const files: Record<string, Uint8Array> = {}
  for (let i = 0; i < 20; i++) {
    for (const [shade, level] of [
      ['bright', 220],
      ['dark', 20],
    ] as const) {
      const background = { r: level + i, g: level + i, b: level + i }
      const grey = sharp({ create: { width: 10 + i, height: 12, channels: 3, background } }).greyscale()
      files[`${shade}/${i}.png`] = await grey.png().toBuffer()
    }
  }
  const spec = { format: 'imageFolder', size: [8, 8], channels: 1 }
  const dataset = await takeIn(spec, { 'grey.zip': zipSync(files) })
  assert.deepEqual([dataset.inputShape, dataset.splits], [[8, 8, 1], { train: 40, test: 0 }])
  const job = await train({
    dataset: { id: dataset.id },
    model: network([8, 8], [layer('Flatten', 'pixels', {}), layer('Dense', 'shade', { units: 2 })]),
    optimizer: SGD,
    augmentation: ['horizontalFlip'],
    batchSize: 4,
    epochs: 5,
  })
  assert.equal(job.metrics.validationAccuracy, 1)
  const colours = { red: 76, lime: 150, blue: 29 }
  for (const [background, shade] of Object.entries(colours)) {
    const image = sharp({ create: { width: 8, height: 8, channels: 3, background } })
    const files = {
      'opaque.png': await image.png().toBuffer(),
      'clear.webp': await image.ensureAlpha(0.3).webp({ lossless: true }).toBuffer(),
      'plain.tiff': await image.removeAlpha().tiff({ compression: 'lzw' }).toBuffer(),
    }
    const byFile = await upload(service.url, `/v1/jobs/${job.id}/predict`, undefined, files, 'image')
    const numbers = Array.from({ length: 8 }, () => Array(8).fill(shade))
    const byNumbers = await post(service.url, `/v1/jobs/${job.id}/predict`, { inputs: [numbers] })
    for (const output of byFile.body.outputs as number[][])
      for (const [index, value] of output.entries())
        assert.ok(Math.abs(value - byNumbers.body.outputs[0][index]) < 1e-6, `${background}: ${value}`)
  }
  const large = { 'large.png': new Uint8Array(17 * 1024 * 1024) }
  const refused = await upload(service.url, `/v1/jobs/${job.id}/predict`, undefined, large, 'image')
  assert.deepEqual([refused.status, refused.body.code], [413, 'body_too_large'])
})

it('an upload that is wrong says where, and trains nothing; one that is right can go again', async () => {
  const wrong = await takeIn({ format: 'csv', label: 'y' }, { 'wrong.csv': 'x,y\n1,a\ntwo,b\n' })
  assert.equal(wrong.status, 'invalid')
  assert.match(wrong.error, /wrong\.csv, row 3, column "x": "two" is not a finite number/)
  const model = network([1], [layer('Dense', 'out', { units: 2 })])
  const refused = await post(service.url, `/v1/jobs`, { dataset: { id: wrong.id }, model, optimizer: SGD })
  assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'dataset.id'])

  const right = await takeIn({ format: 'csv', label: 'y' }, { 'right.csv': 'x,y\n1,a\n2,b\n3,a\n4,b\n' })
  const { data } = (await get(service.url, '/v1/datasets?limit=2')).body
  assert.deepEqual(
    data.map(({ id }: Frame) => id),
    [right.id, wrong.id],
  )
  const job = await train({
    dataset: { id: right.id },
    model,
    optimizer: SGD,
    batchSize: 1,
    epochs: 1,
    validation: { fraction: 0.5 },
  })
  assert.equal((await fetch(`${service.url}/v1/datasets/${right.id}`, { method: 'DELETE' })).status, 204)
  assert.equal((await fetch(`${service.url}/v1/datasets/${right.id}`)).status, 404)
  const { body } = await post(service.url, `/v1/jobs/${job.id}/predict`, { inputs: [[1]] })
  assert.equal(body.predictions.length, 1)
  const again = await post(service.url, `/v1/jobs`, { dataset: { id: right.id }, model, optimizer: SGD })
  assert.deepEqual([again.status, again.body.errors[0].path], [400, 'dataset.id'])
})

it('a mistake in the part spec is named, and an upload without files is none', async () => {
  const path = '/v1/datasets'
  const unknown = await upload(service.url, path, { name: 'x', format: 'excel' }, { 'a.xls': 'x' })
  assert.deepEqual([unknown.status, unknown.body.errors[0].path], [400, 'format'])
  const empty = await upload(service.url, path, { name: 'x', format: 'npz' }, {})
  assert.deepEqual([empty.status, empty.body.errors[0].path], [400, 'file'])
  const misplaced = await upload(service.url, path, { name: 'x', format: 'npz' }, { 'a.npz': 'x' }, 'files')
  assert.deepEqual([misplaced.status, misplaced.body.errors[0].path], [400, 'files'])
  const folder = await post(service.url, path, {
    name: 'x',
    format: 'imageFolder',
    folder: 'nowhere',
    size: [8, 8],
  })
  assert.deepEqual([folder.status, folder.body.errors[0].path], [400, 'folder'])
  const outside = await post(service.url, path, {
    name: 'x',
    format: 'imageFolder',
    folder: '..',
    size: [8, 8],
  })
  assert.deepEqual([outside.status, outside.body.errors[0].path], [400, 'folder'])
})
