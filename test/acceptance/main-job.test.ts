import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, watchJob } from '#test/support/watch-job.ts'

const PARAMETERS = 407_050
const JOB = {
  name: 'acceptance',
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.75 },
  epochs: 2,
  artifacts: ['sparse', 'safetensors'],
}

describe('the main job on the real digits', () => {
  let service: Service
  before(async () => {
    service = await startService()
  })
  after(async () => assert.equal(await service.stop(), 0))

  let job: Frame
  let frames: Frame[]

  it('is accepted, trained and streamed to its end', async () => {
    const submitted = await post(service.url, '/v1/jobs', JOB)
    assert.equal(submitted.status, 201)
    assert.equal(submitted.headers.get('location'), `/v1/jobs/${submitted.body.id}`)
    const watched = await watchJob(service.url, submitted.body.id)
    frames = watched.frames
    assert.equal(watched.closeCode, 1000)
    assert.equal(frames[0]?.type, 'snapshot')
    assert.deepEqual([frames.at(-1)?.type, frames.at(-1)?.status], ['end', 'succeeded'])
    job = (await get(service.url, `/v1/jobs/${submitted.body.id}`)).body
    assert.equal(job.status, 'succeeded')
  })

  it('tells durable events in order without gaps, and progress between them', () => {
    const durable = frames.filter(frame => typeof frame.seq === 'number')
    assert.deepEqual(
      durable.map(event => event.seq),
      durable.map((_, index) => index + 1),
    )
    const types = durable.map(event => event.type)
    assert.equal(types[0], 'queued')
    assert.equal(types[1], 'started')
    assert.equal(types.at(-1), 'succeeded')
    assert.equal(types.filter(type => type === 'epoch').length, 2)
    assert.ok(frames.some(frame => frame.type === 'progress' && frame.seq === undefined))
  })

  it('says which engine and device really ran', async () => {
    const started = frames.find(frame => frame.type === 'started')
    assert.equal(started?.data.worker.engine, 'native')
    const workers = await get(service.url, '/v1/workers')
    assert.equal(workers.body.data[0].engine, 'native')
    assert.equal(workers.body.data[0].device, started?.data.worker.device)
  })

  it('learns the digits while most weights become exactly zero', () => {
    const { validationAccuracy, sparsity, layers } = job.metrics
    assert.ok(validationAccuracy > 0.9, `accuracy ${validationAccuracy}`)
    assert.ok(sparsity > 0.5, `sparsity ${sparsity}`)
    const nonzero = layers.reduce((sum: number, layer: Frame) => sum + layer.nonzero, 0)
    assert.ok(Math.abs(1 - nonzero / PARAMETERS - sparsity) < 1e-9)
  })

  it('gives a sparse checkpoint whose bytes match its digest and whose non-zeros match the metrics', async () => {
    const { body } = await get(service.url, `/v1/jobs/${job.id}/artifacts`)
    const sparse = body.data.find((artifact: Frame) => artifact.name === 'model.sparse.safetensors')
    const answer = await fetch(`${service.url}/v1/jobs/${job.id}/artifacts/${sparse.name}`)
    const bytes = new Uint8Array(await answer.arrayBuffer())
    assert.equal(bytes.length, sparse.sizeBytes)
    assert.equal(createHash('sha256').update(bytes).digest('hex'), sparse.sha256)
    assert.equal(answer.headers.get('etag'), `"sha256-${sparse.sha256}"`)
    assert.equal(job.metrics.sparseBytes, bytes.length)
    assert.equal(
      storedValues(bytes),
      job.metrics.layers.reduce((sum: number, { nonzero }: Frame) => sum + nonzero, 0),
    )
    const dense = await fetch(`${service.url}/v1/jobs/${job.id}/artifacts/model.safetensors`, {
      method: 'HEAD',
    })
    assert.ok(Number(dense.headers.get('content-length')) > PARAMETERS * 4)
  })

  it('trains the same spec to the same bytes, exported now or asked for then', async () => {
    const second = { ...JOB, name: 'again', labels: { second: 'time' }, artifacts: ['sparse'] }
    const again = await post(service.url, '/v1/jobs', second)
    await watchJob(service.url, again.body.id)
    for (const name of ['model.sparse.safetensors', 'model.safetensors']) {
      const tags = [job.id, again.body.id].map(async id => {
        const answer = await fetch(`${service.url}/v1/jobs/${id}/artifacts/${name}`, { method: 'HEAD' })
        return answer.headers.get('etag')
      })
      const [first, other] = await Promise.all(tags)
      assert.equal(other, first, name)
    }
  })

  it('trains LeNet too', async () => {
    const submitted = await post(service.url, '/v1/jobs', {
      model: { preset: 'mnist-lenet' },
      epochs: 1,
      batchSize: 256,
      optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9 },
    })
    const { frames } = await watchJob(service.url, submitted.body.id)
    assert.equal(frames.at(-1)?.status, 'succeeded')
    const epoch = frames.find(frame => frame.type === 'epoch')
    assert.ok(epoch?.data.validationAccuracy > 0.95, `accuracy ${epoch?.data.validationAccuracy}`)
    assert.equal(epoch?.data.threshold, undefined)
  })
})

/** Elements under `T.values` and of dense tensors, read from the safetensors header as any reader would. */
function storedValues(bytes: Uint8Array): number {
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const header: Record<string, Frame> = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)),
  )
  let count = 0
  for (const [name, entry] of Object.entries(header)) {
    if (name.endsWith('.values')) count += entry.shape[0]
    else if (entry.dtype === 'F32')
      count += entry.shape.reduce((product: number, length: number) => product * length, 1)
  }
  return count
}
