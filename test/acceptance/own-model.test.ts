import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, startService } from './start-service.ts'
import { get, post, watchJob } from './watch-job.ts'

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

it('what it costs and how sparse it begins is said before', async () => {
  const { body } = await post(service.url, '/v1/jobs?dryRun=true', JOB)
  assert.equal(body.plan.parameters, 784 * 64 + 64 + 64 * 10 + 10)
  assert.ok(body.plan.epochs[0].forecastSparsity > 0)
})

it('a network that does not fit its data is refused', async () => {
  const { status, body } = await post(service.url, '/v1/jobs', {
    ...JOB,
    dataset: { id: 'synthetic-cifar10' },
  })
  assert.deepEqual([status, body.errors[0].path], [400, 'dataset.id'])
})
