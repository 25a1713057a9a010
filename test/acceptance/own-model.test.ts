import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, upload, watchJob } from '#test/support/watch-job.ts'

/** As `model.to_json()` of Keras 3 writes it. */
const TOPOLOGY = {
  module: 'keras',
  class_name: 'Sequential',
  config: {
    name: 'sequential',
    layers: [
      {
        module: 'keras.layers',
        class_name: 'InputLayer',
        config: { batch_shape: [null, 28, 28, 1], name: 'input_layer' },
      },
      { module: 'keras.layers', class_name: 'Flatten', config: { name: 'flatten' } },
      {
        module: 'keras.layers',
        class_name: 'Dense',
        config: { name: 'hidden', units: 64, activation: 'relu' },
      },
      {
        module: 'keras.layers',
        class_name: 'Dense',
        config: { name: 'digits', units: 10, activation: 'softmax' },
      },
    ],
  },
}
const JOB = {
  model: { topology: TOPOLOGY },
  dataset: { id: 'mnist' },
  optimizer: { name: 'grda', learningRate: 0.3, c: 0.001, mu: 0.6 },
  epochs: 2,
}

let service: Service
before(async () => {
  service = await startService()
})
after(async () => assert.equal(await service.stop(), 0))

it("a network of one's own is trained, sparse, and given back in the formats that others read", async () => {
  const submitted = await post(service.url, '/v1/jobs', JOB)
  assert.equal(submitted.status, 201)
  const { frames } = await watchJob(service.url, submitted.body.id)
  assert.equal(frames.at(-1)?.status, 'succeeded')
  const { body: job } = await get(service.url, `/v1/jobs/${submitted.body.id}`)
  assert.ok(job.metrics.validationAccuracy > 0.93, `${job.metrics.validationAccuracy}`)
  assert.ok(job.metrics.sparsity > 0.1, `${job.metrics.sparsity}`)
  assert.deepEqual(
    job.metrics.layers.map(({ name }: { name: string }) => name),
    ['hidden/kernel', 'hidden/bias', 'digits/kernel', 'digits/bias'],
  )
  for (const name of ['model.keras', 'model.onnx', 'model.safetensors?layout=torch', 'report.html']) {
    const answer = await fetch(`${service.url}/v1/jobs/${job.id}/artifacts/${name}`)
    assert.equal(answer.status, 200, name)
    await answer.arrayBuffer()
  }
})

it('a network that scales its examples itself is given bytes as they are, in training and in questions to it', async () => {
  const { layers } = TOPOLOGY.config
  const rescaling = {
    module: 'keras.layers',
    class_name: 'Rescaling',
    config: { name: 'rescaling', scale: 1 / 255, offset: 0 },
  }
  const prepared = { ...TOPOLOGY, config: { layers: [layers[0], rescaling, ...layers.slice(1)] } }
  const run = async (topology: object) => {
    const { body } = await post(service.url, '/v1/jobs', { ...JOB, model: { topology }, epochs: 1 })
    await watchJob(service.url, body.id)
    const job = (await get(service.url, `/v1/jobs/${body.id}`)).body
    assert.equal(job.status, 'succeeded', JSON.stringify(job))
    const digit = Array.from({ length: 28 }, (_, row) => Array.from({ length: 28 }, () => [9 * row]))
    const inputs = { inputs: [digit] }
    const { outputs } = (await post(service.url, `/v1/jobs/${body.id}/predict`, inputs)).body
    return { job, outputs: outputs[0] as number[] }
  }
  const [plain, own] = [await run(TOPOLOGY), await run(prepared)]
  assert.deepEqual(
    [plain.job.spec.dataset, own.job.spec.dataset],
    [{ id: 'mnist' }, { id: 'mnist', scale: 'none' }],
  )
  assert.ok(Math.abs(own.job.metrics.trainLoss - plain.job.metrics.trainLoss) < 1e-3)
  assert.equal(own.job.metrics.layers.length, 4)
  own.outputs.forEach((value, index) => {
    assert.ok(Math.abs(value - plain.outputs[index]!) < 1e-2, `${own.outputs} for ${plain.outputs}`)
  })
})

it('what it costs and how sparse it begins is said before', async () => {
  const { body } = await post(service.url, '/v1/jobs?dryRun=true', JOB)
  assert.equal(body.plan.parameters, 784 * 64 + 64 + 64 * 10 + 10)
  assert.ok(body.plan.epochs[0].initialSparsity > 0)
})

it('a network that does not fit its data is refused', async () => {
  const { status, body } = await post(service.url, '/v1/jobs', {
    ...JOB,
    dataset: { id: 'synthetic-cifar10' },
  })
  assert.deepEqual([status, body.errors[0].path], [400, 'dataset.id'])
})

it('an uploaded network trains by its id, and its weights are where another job starts', async () => {
  const named = await upload(service.url, '/v1/models', { name: 'small', topology: TOPOLOGY }, {})
  assert.equal(named.status, 201, JSON.stringify(named.body))
  assert.deepEqual([named.body.parameters, named.body.inputShape], [50_890, [28, 28, 1]])
  const { id } = named.body
  const first = await post(service.url, '/v1/jobs', { ...JOB, model: { id }, epochs: 1 })
  assert.equal(first.status, 201, JSON.stringify(first.body))
  await watchJob(service.url, first.body.id)
  const file = await fetch(`${service.url}/v1/jobs/${first.body.id}/artifacts/model.sparse.safetensors`)
  const weights = new Uint8Array(await file.arrayBuffer())

  const spec = { name: 'trained', topology: TOPOLOGY }
  const trained = await upload(service.url, '/v1/models', spec, { 'model.sparse.safetensors': weights })
  assert.equal(trained.status, 201, JSON.stringify(trained.body))
  assert.equal(trained.body.weights.hasState, false)
  const init = { modelId: trained.body.id }
  const second = await post(service.url, '/v1/jobs', { ...JOB, init, epochs: 1 })
  assert.equal(second.status, 201, JSON.stringify(second.body))
  await watchJob(service.url, second.body.id)
  const done = (await get(service.url, `/v1/jobs/${second.body.id}`)).body
  const before = (await get(service.url, `/v1/jobs/${first.body.id}`)).body
  assert.ok(done.metrics.trainLoss < before.metrics.trainLoss, JSON.stringify(done.metrics))

  const { data } = (await get(service.url, '/v1/models?limit=2')).body
  assert.deepEqual(
    data.map((model: Frame) => model.id),
    [trained.body.id, id],
  )
  const refusals = [
    { init: { modelId: id }, path: 'init.modelId' },
    { init: { ...init, optimizerState: true }, path: 'init.optimizerState' },
    { init: { ...init, jobId: first.body.id }, path: 'init.jobId' },
    { model: { id: `model_${'0'.repeat(26)}` }, path: 'model.id' },
  ]
  for (const { path, ...fields } of refusals) {
    const { status, body } = await post(service.url, '/v1/jobs', { ...JOB, ...fields })
    assert.deepEqual([status, body.errors[0].path], [400, path], JSON.stringify(body))
  }
  assert.equal((await fetch(`${service.url}/v1/models/${id}`, { method: 'DELETE' })).status, 204)
  assert.equal((await get(service.url, `/v1/models/${id}`)).status, 404)
  const { status, body } = await post(service.url, `/v1/jobs/${first.body.id}/predict`, {
    inputs: [Array.from({ length: 28 }, () => Array.from({ length: 28 }, () => [0]))],
  })
  assert.deepEqual([status, body.predictions.length], [200, 1])
})

it('weights that do not fit are refused by the tensor', async () => {
  const file = {
    'few.safetensors': Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]),
  }
  const { status, body } = await upload(service.url, '/v1/models', { name: 'few', topology: TOPOLOGY }, file)
  assert.deepEqual([status, body.errors[0].path], [400, 'file'])
  assert.match(body.errors[0].message, /no tensor has a name of the model: the model has hidden\/kernel/)
  const nothing = await upload(service.url, '/v1/models', { name: 'nothing' }, {})
  assert.match(nothing.body.errors[0].message, /no file contains a topology/)
})
