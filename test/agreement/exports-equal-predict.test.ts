import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { zipSync } from 'fflate'
import { encodeNpy } from '#interchange/numpy/write-npz.ts'
import { load } from '#runtime/src/index.ts'
import { loadTfjs } from '#test/support/load-tfjs.ts'
import { assertClose } from '#test/support/predict.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { get, post, upload, watchJob } from '#test/support/watch-job.ts'
import { EXPORT_CASES, type ExportCase } from './export-cases.ts'

const SCRIPT = fileURLToPath(new URL('read_export_cases.py', import.meta.url))
const DOCS = fileURLToPath(new URL('../../docs', import.meta.url))
const NPY_HEADER_BYTES = 128
const ASKED = 10

/** What is downloaded, by the name that it is kept under. */
const FILES = {
  'model.keras': 'model.keras',
  'logits.keras': 'model.keras?graph=logits',
  'unscaled.keras': 'model.keras?preprocessing=none',
  'bare.keras': 'model.keras?preprocessing=none&graph=logits',
  'model.onnx': 'model.onnx',
  'dense.onnx': 'model.onnx?weights=dense',
  'bare.onnx': 'model.onnx?graph=logits&preprocessing=none',
  'model.tfjs.zip': 'model.tfjs.zip',
  'bare.tfjs.zip': 'model.tfjs.zip?preprocessing=none&graph=logits',
  'model.weights.h5': 'model.weights.h5',
  'model.safetensors': 'model.safetensors',
  'model.sparse.safetensors': 'model.sparse.safetensors',
  'model.sparse.safetensors.zst': 'model.sparse.safetensors.zst',
  'weights.npz': 'weights.npz',
}

/** Everything that Python reads, as read_export_cases.py names its answers. */
const ANSWERS = [
  ...['model.keras', 'logits.keras', 'unscaled.keras', 'bare.keras'],
  ...['model.onnx', 'dense.onnx', 'bare.onnx'],
  ...['model.weights.h5', 'model.safetensors', 'model.sparse.safetensors', 'model.sparse.safetensors.zst'],
  'weights.npz',
]
/** How many programs in Python docs/exports.md has. */
const PROGRAMS = 4

/** A trained model, possibly cut at a point of its trade-off. */
interface Subject {
  name: string
  example: ExportCase
  /** The query of the point. */
  point?: string
}

/** The network of the first case has a batch normalization, whose statistics depend on the point. */
const [NORMALIZED] = EXPORT_CASES
const SUBJECTS: readonly Subject[] = [
  ...EXPORT_CASES.map(example => ({ name: example.name, example })),
  { name: `${NORMALIZED!.name}, cut at a point`, example: NORMALIZED!, point: 'sparsity=0.5' },
]

let service: Service
let folder: string
const predictions = new Map<Subject, number[][]>()
/** The same, asked for by examples in the shape of the dataset, which may lack axes of length 1. */
const asDataset = new Map<Subject, number[][]>()
const datasets = new Map<ExportCase, string>()

const folderOf = (index: number) => join(folder, String(index))
const asked = ({ x, shape }: ExportCase) => x.slice(0, (ASKED * x.length) / shape[0]!)

before(async () => {
  service = await startService()
  folder = await mkdtemp(join(tmpdir(), 'thresher-equal-'))
  const jobs = new Map<ExportCase, string>()
  for (const example of EXPORT_CASES) jobs.set(example, await train(example))
  for (const [index, subject] of SUBJECTS.entries()) {
    const { example, point } = subject
    await mkdir(folderOf(index))
    const jobId = jobs.get(example)!
    const inputShape = inputShapeOf(example)
    const inputs = asked(example)
    predictions.set(subject, await predictionsOf(jobId, subject))
    asDataset.set(subject, await predictionsOf(jobId, subject, example.shape.slice(1)))
    await writeFile(
      join(folderOf(index), 'examples.npy'),
      encodeNpy({ shape: [ASKED, ...inputShape], data: Float32Array.from(inputs) }),
    )
    for (const [name, path] of Object.entries(FILES)) {
      const file = new URL(`${service.url}/v1/jobs/${jobId}/artifacts/${path}`)
      for (const [key, value] of new URLSearchParams(point)) file.searchParams.set(key, value)
      const answer = await fetch(file)
      assert.equal(answer.status, 200, path)
      await writeFile(join(folderOf(index), name), new Uint8Array(await answer.arrayBuffer()))
    }
  }
  const folders = SUBJECTS.map((_, index) => folderOf(index))
  await promisify(execFile)(await pythonWithReaders(), [SCRIPT, DOCS, ...folders])
})
after(async () => {
  await service.stop()
  await rm(folder, { recursive: true, force: true })
})

/** As the network takes them, unless another shape of one example is given. */
async function predictionsOf(jobId: string, { example, point }: Subject, shape = inputShapeOf(example)) {
  const inputs = nested([...asked(example)], [ASKED, ...shape])
  const path = `/v1/jobs/${jobId}/predict${point ? `?${point}` : ''}`
  return (await post(service.url, path, { inputs })).body.outputs as number[][]
}

async function train(example: ExportCase): Promise<string> {
  const { x, shape, y, normalize, loss, topology } = example
  const [count] = shape as [number]
  const labels = { shape: y instanceof Int32Array ? [count] : [count, y.length / count], data: y }
  const npz = zipSync({ 'x_train.npy': encodeNpy({ shape, data: x }), 'y_train.npy': encodeNpy(labels) })
  const spec = { name: 'exports', format: 'npz' }
  const { body: dataset } = await upload(service.url, '/v1/datasets', spec, { 'data.npz': npz })
  for (let { status } = dataset; status !== 'ready'; ) {
    assert.equal(status, 'validating', JSON.stringify(dataset))
    status = (await get(service.url, `/v1/datasets/${dataset.id}`)).body.status
  }
  datasets.set(example, dataset.id)
  return await finish({
    dataset: { id: dataset.id, ...(normalize && { normalize }) },
    model: { topology },
    optimizer: { name: 'adam', learningRate: 0.02 },
    loss,
    batchSize: 10,
    epochs: 3,
    artifacts: ['keras', 'onnx', 'tfjs'],
    finish: { tradeoff: example === NORMALIZED },
  })
}

async function finish(job: object): Promise<string> {
  const { status, body } = await post(service.url, '/v1/jobs', job)
  assert.equal(status, 201, JSON.stringify(body))
  await watchJob(service.url, body.id)
  const done = (await get(service.url, `/v1/jobs/${body.id}`)).body
  assert.equal(done.status, 'succeeded', JSON.stringify(done.error))
  return body.id
}

for (const [index, subject] of SUBJECTS.entries()) {
  const { name, example } = subject
  describe(name, () => {
    it('has been learned: answers differ from example to example', () => {
      const first = predictions.get(subject)!.map(([value]) => value!)
      assert.ok(Math.max(...first) - Math.min(...first) > 0.1, first.join(' '))
    })

    it('is asked by examples as the dataset has them', () => {
      assert.deepEqual(asDataset.get(subject), predictions.get(subject))
    })

    // Axes of length 1 behind those of the dataset are more than the page goes into.
    const programs = inputShapeOf(example).at(-1) === 1 ? 0 : PROGRAMS
    const fromPage = Array.from({ length: programs }, (_, index) => `page.${index}`)
    for (const name of [...ANSWERS, ...fromPage]) {
      it(`gives in ${name} what predict answers`, async () => {
        const file = await readFile(join(folderOf(index), `${name}.npy`))
        const answers = new Float32Array(file.buffer.slice(file.byteOffset + NPY_HEADER_BYTES))
        assertClose(answers, predictions.get(subject)!.flat())
      })
    }

    for (const name of ['model.safetensors', 'model.sparse.safetensors', 'model.sparse.safetensors.zst'])
      for (const backend of ['native', 'wasm'] as const)
        it(`gives in the runtime, from ${name} on ${backend}, what predict answers`, async () => {
          const model = await load(await readFile(join(folderOf(index), name)), { backend })
          assertClose(model.predict(asked(example)), predictions.get(subject)!.flat())
          model.dispose()
        })

    it('gives in TensorFlow.js what predict answers', async () => {
      const loaded = await loadTfjs(await readFile(join(folderOf(index), 'model.tfjs.zip')))
      const x = tf.tensor(Float32Array.from(asked(example)), [ASKED, ...inputShapeOf(example)])
      const whole = (loaded.predict(x) as tf.Tensor).dataSync()
      assertClose(whole, predictions.get(subject)!.flat())
      const bare = await loadTfjs(await readFile(join(folderOf(index), 'bare.tfjs.zip')))
      const layers = bare.layers.map(layer => layer.getClassName())
      assert.ok(!layers.some(name => /Rescaling|Normalization$/.test(name) && name !== 'BatchNormalization'))
    })
  })
}

it('a model cut at a point answers otherwise than as it was trained', () => {
  const [trained, cut] = [SUBJECTS[0]!, SUBJECTS.at(-1)!].map(subject => predictions.get(subject)!.flat())
  assert.ok(trained!.some((output, index) => Math.abs(output - cut![index]!) > 0.01))
})

/** Whose statistics a training would move. */
const isStill = ({ topology }: ExportCase) => !JSON.stringify(topology).includes('BatchNormalization')

for (const [index, subject] of SUBJECTS.entries()) {
  const { example } = subject
  if (isStill(example))
    it(`${example.name}: model.keras comes back as a network that answers the same`, async () => {
      const file = { 'model.keras': await readFile(join(folderOf(index), 'model.keras')) }
      const { status, body } = await upload(service.url, '/v1/models', { name: 'back' }, file)
      assert.equal(status, 201, JSON.stringify(body))
      const jobId = await finish({
        dataset: { id: datasets.get(example)! },
        model: { id: body.id },
        init: { modelId: body.id },
        // It moves no weight.
        optimizer: { name: 'sgd', learningRate: 1e-20 },
        loss: example.loss,
        batchSize: 60,
        epochs: 1,
      })
      assertClose((await predictionsOf(jobId, subject)).flat(), predictions.get(subject)!.flat())
    })
}

function inputShapeOf({ topology }: ExportCase): number[] {
  const { layers } = (topology as { config: { layers: { config: { batch_shape: number[] } }[] } }).config
  return layers[0]!.config.batch_shape.slice(1)
}

/** Row-major numbers as nested arrays. */
function nested(values: readonly number[], [length, ...rest]: readonly number[]): unknown[] {
  const size = values.length / length!
  return Array.from({ length: length! }, (_, index) => {
    const own = values.slice(index * size, (index + 1) * size)
    return rest.length === 0 ? own[0] : nested(own, rest)
  })
}
