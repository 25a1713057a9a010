import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, watchJob } from '#test/support/watch-job.ts'

/** A small network with a batch normalization, on the digits. */
const JOB = {
  dataset: { id: 'mnist' },
  model: {
    topology: {
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'InputLayer', config: { name: 'digit', batch_shape: [null, 28, 28, 1] } },
          { class_name: 'Flatten', config: { name: 'pixels' } },
          { class_name: 'Dense', config: { name: 'hidden', units: 16 } },
          { class_name: 'BatchNormalization', config: { name: 'normalised' } },
          { class_name: 'ReLU', config: { name: 'rectified' } },
          { class_name: 'Dense', config: { name: 'classes', units: 10 } },
        ],
      },
    },
  },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.01, mu: 0.6 },
  batchSize: 500,
  epochs: 1,
}

describe('a trained job', () => {
  let service: Service
  let jobId: string
  let frames: Frame[]
  before(async () => {
    service = await startService()
    jobId = (await post(service.url, '/v1/jobs', { ...JOB, finish: { tradeoff: true } })).body.id
    frames = (await watchJob(service.url, jobId)).frames
  })
  after(async () => assert.equal(await service.stop(), 0))

  const tradeoff = async () => (await get(service.url, `/v1/jobs/${jobId}/tradeoff`)).body

  it('measures its trade-off as its last part, and reports the progress', async () => {
    assert.equal(frames.at(-1)!.status, 'succeeded')
    const measured = frames.filter(frame => frame.type === 'progress' && frame.tradeoff)
    assert.ok(measured.length > 0)
    for (const frame of measured) assert.ok(frame.tradeoff.done <= frame.tradeoff.total)
    const names = frames.filter(({ type }) => type === 'artifact').map(({ data }) => data.name)
    assert.deepEqual(names.slice(-2), ['tradeoff.json', 'tradeoff-statistics.safetensors'])
    const { points, recalibration } = await tradeoff()
    assert.deepEqual(recalibration, { batches: 8, batchSize: 500 })
    const { body: job } = await get(service.url, `/v1/jobs/${jobId}`)
    for (const own of points.filter((point: Frame) => point.own)) {
      assert.equal(own.validationAccuracy, job.metrics.validationAccuracy)
      assert.equal(own.sizeBytes.sparse, job.metrics.sparseBytes)
    }
  })

  it('has files of exactly the measured sizes at its points', async () => {
    const { points } = await tradeoff()
    const chosen = points.filter(
      (point: Frame) => !point.own && point.sparsity > 0.9 && point.sparsity < 0.93,
    )
    assert.equal(new Set(chosen.map(({ rule, scope }: Frame) => `${rule} ${scope}`)).size, 3)
    for (const { rule, scope, sparsity, sizeBytes } of chosen) {
      const query = `rule=${rule}&scope=${scope}&sparsity=${sparsity}`
      for (const [suffix, size] of [
        ['', sizeBytes.sparse],
        ['.zst', sizeBytes.zst],
      ]) {
        const path = `/v1/jobs/${jobId}/artifacts/model.sparse.safetensors${suffix}?${query}`
        const head = await fetch(service.url + path, { method: 'HEAD' })
        assert.deepEqual([head.status, Number(head.headers.get('content-length'))], [200, size])
      }
    }
  })

  it('is measured by an analysis as by the job itself, at the requested levels too', async () => {
    const own = await tradeoff()
    const request = { kind: 'tradeoff', jobs: [jobId], levels: [0.937] }
    const { status, body } = await post(service.url, '/v1/analyses', request)
    assert.equal(status, 201, JSON.stringify(body))
    const stream = await fetch(`${service.url}/v1/analyses/${body.id}/events`, {
      headers: { accept: 'text/event-stream' },
    })
    // The stream ends with the analysis.
    await stream.text()
    const { body: analysis } = await get(service.url, `/v1/analyses/${body.id}`)
    assert.equal(analysis.status, 'succeeded', JSON.stringify(analysis.error))
    const { points, ...facts } = await tradeoff()
    assert.deepEqual(analysis.result, { points, ...facts })
    assert.ok(points.some(({ sparsity }: Frame) => sparsity >= 0.937 && sparsity < 0.9375))
    const place = ({ rule, scope, nonzero }: Frame) => `${rule} ${scope} ${nonzero}`
    const measured = new Map(points.map((point: Frame) => [place(point), point]))
    const both = own.points.filter((point: Frame) => measured.has(place(point)))
    assert.ok(both.length >= 40)
    for (const { pareto: _, ...point } of both) {
      const { pareto: _again, ...again } = measured.get(place(point as Frame)) as Frame
      assert.deepEqual(again, point)
    }
  })
})
