import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, sparseDigest, upload, watchJob } from '#test/support/watch-job.ts'

const layer = (class_name: string, name: string, config: object) => ({
  class_name,
  config: { name, ...config },
})
const TOPOLOGY = {
  class_name: 'Sequential',
  config: {
    layers: [
      layer('InputLayer', 'image', { batch_shape: [null, 28, 28, 1] }),
      layer('Conv2D', 'conv', { filters: 4, kernel_size: [5, 3], strides: [2, 2], activation: 'relu' }),
      layer('Flatten', 'flatten', {}),
      layer('Dropout', 'drop', { rate: 0.2 }),
      layer('Dense', 'out', {
        units: 10,
        activation: 'softmax',
        kernel_initializer: { class_name: 'RandomNormal', config: { mean: 0, stddev: 0.02 } },
      }),
    ],
  },
}
const GRDA = { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 }
const SHORT = { optimizer: GRDA, epochs: 1, batchSize: 500, validation: { fraction: 0.8 } }
const OWN = { ...SHORT, model: { topology: TOPOLOGY }, dataset: { id: 'mnist' }, labels: { set: 'own' } }
const TABLE = `a,b,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 7},${i + 0.5}`).join('\n')}\n`

let service: Service
before(async () => {
  service = await startService()
})
after(async () => assert.equal(await service.stop(), 0))

async function train(spec: object, path = '/v1/jobs'): Promise<Frame> {
  const { status, body } = await post(service.url, path, spec)
  assert.equal(status, 201, JSON.stringify(body))
  await watchJob(service.url, body.id)
  const job = (await get(service.url, `/v1/jobs/${body.id}`)).body
  assert.equal(job.status, 'succeeded', JSON.stringify(job.error))
  return job
}

/** The kinds of jobs there are; each waits for those before it, since some start from their weights. */
async function jobsOfEveryKind(): Promise<Record<string, Frame>> {
  const own = await train(OWN)
  const uploaded = await upload(service.url, '/v1/models', { name: 'own', topology: TOPOLOGY }, {})
  const table = { name: 'table', format: 'csv', label: 'y', labels: 'targets' }
  const dataset = await upload(service.url, '/v1/datasets', table, { 'table.csv': TABLE })
  const line = {
    class_name: 'Sequential',
    config: {
      layers: [layer('InputLayer', 'row', { batch_shape: [null, 2] }), layer('Dense', 'out', { units: 1 })],
    },
  }
  return {
    'a preset': await train({ ...SHORT, model: { preset: 'mnist-mlp' } }),
    'an own topology': own,
    'an uploaded model': await train({ ...OWN, model: { id: uploaded.body.id } }),
    "another job's weights": await train({
      ...OWN,
      init: { jobId: own.id, checkpoint: 'best', optimizerState: true },
    }),
    'a regression over an uploaded table': await train({
      model: { topology: line },
      dataset: { id: dataset.body.id },
      optimizer: { name: 'adam', learningRate: 0.01 },
      loss: 'meanSquaredError',
      epochs: 1,
      batchSize: 8,
    }),
  }
}

describe('a job can be run again', () => {
  let jobs: Record<string, Frame>
  before(async () => {
    jobs = await jobsOfEveryKind()
  })

  it('by posting its spec as it is: the same spec, and the same bytes', async () => {
    for (const [kind, job] of Object.entries(jobs)) {
      const again = await train(job.spec)
      assert.deepEqual(again.spec, job.spec, kind)
      assert.equal(await sparseDigest(service.url, again.id), await sparseDigest(service.url, job.id), kind)
    }
  })

  it('by the command in its report, run in a shell', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'thresher-repeat-'))
    for (const [kind, job] of Object.entries(jobs)) {
      const artifact = async (name: string) =>
        await (await fetch(`${service.url}/v1/jobs/${job.id}/artifacts/${name}`)).text()
      await writeFile(join(folder, 'spec.json'), await artifact('spec.json'))
      const [, escaped] = /<pre id="repeat">(.*)<\/pre>/.exec(await artifact('report.html'))!
      const command = escaped!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
      const env = { ...process.env, URL: service.url }
      const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: folder, env })
      const again = JSON.parse(stdout)
      assert.deepEqual(again.spec, job.spec, `${kind}: ${stdout.slice(0, 300)}`)
      await post(service.url, `/v1/jobs/${again.id}/cancel`, {})
    }
    await rm(folder, { recursive: true })
  })

  it('as a clone, also when what it started from is gone', async () => {
    const first = jobs["another job's weights"]!
    await fetch(`${service.url}/v1/jobs/${first.spec.init.jobId}`, { method: 'DELETE' })
    const refused = await post(service.url, '/v1/jobs', first.spec)
    assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'init.jobId'])
    const clone = await train({ name: 'again' }, `/v1/jobs/${first.id}/clone`)
    assert.deepEqual([clone.name, clone.clonedFrom, clone.continuedFrom], ['again', first.id, undefined])
    assert.equal(await sparseDigest(service.url, clone.id), await sparseDigest(service.url, first.id))
    const fresh = await post(service.url, `/v1/jobs/${first.id}/clone`, { init: null, epochs: 2 })
    assert.deepEqual([fresh.body.spec.init, fresh.body.spec.epochs], [undefined, 2])
    await post(service.url, `/v1/jobs/${fresh.body.id}/cancel`, {})
  })
})

describe('a job is continued', () => {
  const LONG = { ...SHORT, model: { preset: 'mnist-mlp' }, epochs: 6, checkpoint: { keepBest: 2 } }
  const timeless = ({ examplesPerSecond: _, seconds: __, ...metrics }: Frame) => metrics
  const seriesOf = async (id: string) =>
    (await get(service.url, `/v1/jobs/${id}/metrics`)).body.data.map(timeless)

  /** Cancelled once its second epoch is told. */
  async function cancelled(spec: object): Promise<Frame> {
    const { body } = await post(service.url, '/v1/jobs', spec)
    for (;;) {
      const job = (await get(service.url, `/v1/jobs/${body.id}`)).body
      if ((job.metrics?.epoch ?? 0) >= 2) break
      assert.notEqual(job.status, 'succeeded', 'it was over before it could be cancelled')
    }
    await post(service.url, `/v1/jobs/${body.id}/cancel`, {})
    await watchJob(service.url, body.id)
    return (await get(service.url, `/v1/jobs/${body.id}`)).body
  }

  it('to the bits and metrics of the undisturbed job, though the first one is deleted', async () => {
    const whole = await train({ ...LONG, batchSize: 50 })
    const stopped = await cancelled({ ...LONG, batchSize: 50 })
    assert.equal(stopped.status, 'cancelled')
    const { body } = await post(service.url, `/v1/jobs/${stopped.id}/clone`, { continue: true })
    assert.equal((await fetch(`${service.url}/v1/jobs/${stopped.id}`, { method: 'DELETE' })).status, 204)
    assert.equal(body.clonedFrom, stopped.id)
    assert.equal(body.progress.epoch, body.continuedFrom.epoch)
    await watchJob(service.url, body.id)
    const series = await seriesOf(body.id)
    assert.equal(series[0].epoch, body.continuedFrom.epoch + 1)
    assert.deepEqual(series, (await seriesOf(whole.id)).slice(body.continuedFrom.epoch))
    assert.equal(await sparseDigest(service.url, body.id), await sparseDigest(service.url, whole.id))
    const etag = async (id: string) =>
      (await fetch(`${service.url}/v1/jobs/${id}/artifacts/model.safetensors?checkpoint=best`)).headers.get(
        'etag',
      )
    assert.equal(await etag(body.id), await etag(whole.id))
  })

  it('for more epochs after it has succeeded, to the bits of a job of all of them', async () => {
    const first = await train({ ...LONG, epochs: 2 })
    const more = await train({ continue: true, epochs: 4 }, `/v1/jobs/${first.id}/clone`)
    const whole = await train({ ...LONG, epochs: 4 })
    assert.deepEqual(more.continuedFrom, { epoch: 2, step: first.metrics.step })
    assert.equal(await sparseDigest(service.url, more.id), await sparseDigest(service.url, whole.id))
  })

  it('not against its checkpoint, and not without one', async () => {
    const job = await train({ ...LONG, epochs: 2, schedule: { name: 'cosine' } })
    for (const [change, paths] of [
      [{ optimizer: { name: 'sgd', learningRate: 1 }, seed: 2 }, ['optimizer', 'seed', 'epochs']],
      [{ model: { preset: 'mnist-lenet' } }, ['model', 'epochs']],
      [{ epochs: 4 }, ['epochs']],
      [{}, ['epochs']],
      [{ epochs: 1 }, ['epochs']],
    ] as const) {
      const { status, body } = await post(service.url, `/v1/jobs/${job.id}/clone`, {
        continue: true,
        ...change,
      })
      assert.equal(status, 400)
      assert.deepEqual(
        body.errors.map(({ path }: Frame) => path),
        paths,
      )
    }
    const never = (await post(service.url, '/v1/jobs', { ...LONG, priority: 99 })).body
    await post(service.url, `/v1/jobs/${never.id}/cancel`, {})
    await watchJob(service.url, never.id)
    const { status, body } = await post(service.url, `/v1/jobs/${never.id}/clone`, { continue: true })
    assert.deepEqual([status, body.code], [409, 'conflict'])
  })
})
