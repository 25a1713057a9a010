import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { finishMlpJob, README_JOB, README_TRAINED } from '#test/support/finished-mlp-jobs.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const worker = {
  id: 'worker_test',
  host: 'here',
  pid: 1,
  engine: 'native',
  engineVersion: 'TensorFlow',
  device: 'cpu',
  threads: 2,
  startedAt: '2026-01-01T00:00:00.000Z',
}

describe('a dry run', () => {
  let api: Api
  before(async () => {
    api = await startApi()
    await api.stores.workers.beat(worker)
  })
  after(() => api.stop())
  const dryRun = async (body: object, query = '') =>
    await request(api.url).post(`/v1/jobs?dryRun=true${query}`).send(body)
  const plan = async (body: object) => (await dryRun(body)).body.plan

  it('forecasts from the initial weights only as long as training has hardly moved them, and says until when', async () => {
    const own = await plan({ model: { preset: 'mnist-mlp' }, epochs: 10 })
    const [first] = own.epochs
    assert.equal(first.forecastBasis, 'initialWeights')
    // Trained with `npm run study -- forecast`: 3.77 %.
    assert.ok(Math.abs(first.forecastSparsity - 0.0377) < 0.003)
    assert.ok(first.forecastError <= 0.003)
    const known = own.epochs.filter(({ forecastSparsity }: { forecastSparsity?: number }) => forecastSparsity)
    assert.equal(Math.floor(own.initialWeightsHoldSteps / own.stepsPerEpoch), known.length)
    assert.ok(known.length < 10)
    const readme = await plan(README_JOB)
    assert.ok(readme.initialWeightsHoldSteps < readme.stepsPerEpoch)
    for (const epoch of readme.epochs) assert.equal(epoch.forecastSparsity, undefined)
    assert.ok(readme.epochs[9].initialSparsity > 0.99)
    assert.equal(readme.forecastArtifactBytes, undefined)
  })

  it('knows the thresholds for whole channels and the channels that are within them at the start, but forecasts nothing else', async () => {
    const grouped = { ...README_JOB, optimizer: { ...README_JOB.optimizer, group: 'outputChannels' } }
    const [byChannel, byWeight] = [await plan(grouped), await plan(README_JOB)]
    const thresholds = ({ epochs }: typeof byChannel) =>
      epochs.map(({ threshold }: { threshold: number }) => threshold)
    assert.deepEqual(thresholds(byChannel), thresholds(byWeight))
    const shares = byChannel.epochs.map(({ initialSparsity }: { initialSparsity: number }) => initialSparsity)
    // The units of the first layer have 785 weights of nearly the same size, so that they come within the threshold almost at once.
    assert.ok(shares[0] < 0.1 && shares.at(-1) > 0.9, `${shares}`)
    for (const field of ['initialWeightsHoldSteps', 'forecastArtifactBytes'])
      assert.equal(byChannel[field], undefined)
    for (const epoch of byChannel.epochs) assert.equal(epoch.forecastSparsity, undefined)
    const { status, body } = await dryRun(grouped, '&sparsity=0.9')
    assert.deepEqual([status, body.errors?.[0].path], [400, 'optimizer.group'])
  })

  it('recommends a scale from other networks while no job of the model has finished', async () => {
    const { body } = await dryRun(README_JOB, '&sparsity=0.8842')
    assert.equal(body.recommendation.basis, 'otherNetworks')
    assert.ok(body.recommendation.c > 0.0015 && body.recommendation.c < 0.0027, `${body.recommendation.c}`)
  })

  it('forecasts sparsity, size and duration from finished jobs of the same model and data', async () => {
    await finishMlpJob(api, 0.001)
    await finishMlpJob(api, 0.004)
    const { body } = await dryRun(README_JOB)
    const [first, last] = [body.plan.epochs[0], body.plan.epochs[9]]
    assert.equal(last.forecastBasis, 'finishedJobs')
    assert.ok(Math.abs(first.forecastSparsity - README_TRAINED.first) < 0.003, first.forecastSparsity)
    assert.ok(Math.abs(last.forecastSparsity - README_TRAINED.last) < 0.01, last.forecastSparsity)
    assert.ok(Math.abs(body.plan.forecastArtifactBytes / README_TRAINED.sparseBytes - 1) < 0.1)
    assert.ok(body.estimatedSeconds >= 469 && body.estimatedSeconds < 2 * 469)
  })

  it('recommends the scale with which finished jobs suggest that the job ends at a sparsity', async () => {
    const { body } = await dryRun(README_JOB, `&sparsity=${README_TRAINED.last}`)
    assert.equal(body.recommendation.basis, 'finishedJobs')
    assert.ok(Math.abs(body.recommendation.c / 0.002 - 1) < 0.1, `${body.recommendation.c}`)
  })

  it('does not use finished jobs with other data or batches, or far from the threshold of the job', async () => {
    const of = async (change: object) => (await plan({ ...README_JOB, ...change })).epochs[9].forecastSparsity
    assert.equal(await of({ batchSize: 32 }), undefined)
    assert.equal(await of({ dataset: { id: 'mnist', normalize: { mean: [0.1], std: [0.3] } } }), undefined)
    assert.equal(await of({ optimizer: { ...README_JOB.optimizer, c: 0.1 } }), undefined)
  })

  it('knows the sparsity and the size after a cut, and the size of a network that nothing prunes', async () => {
    const cut = await plan({ ...README_JOB, finish: { prune: { sparsity: 0.97 }, fineTune: { epochs: 2 } } })
    assert.equal(cut.epochs.length, 12)
    assert.deepEqual(
      cut.epochs.slice(9).map(({ phase, forecastBasis }: Record<string, string>) => [phase, forecastBasis]),
      [
        ['train', 'finishedJobs'],
        ['fineTune', 'cut'],
        ['fineTune', 'cut'],
      ],
    )
    assert.equal(cut.epochs[11].forecastSparsity, 0.97)
    // 12,211 values of 4 bytes, with a byte for each index, some fillers and the header.
    assert.ok(cut.forecastArtifactBytes > 60_000 && cut.forecastArtifactBytes < 70_000)
    const dense = await plan({ ...README_JOB, optimizer: { name: 'sgd', learningRate: 0.1 } })
    assert.ok(dense.forecastArtifactBytes > dense.denseBytes)
    assert.ok(dense.forecastArtifactBytes < dense.denseBytes + 5000)
  })

  it('refuses to recommend a scale for an optimizer without a threshold, or for a job that is not a dry run', async () => {
    const sgd = await dryRun(
      { ...README_JOB, optimizer: { name: 'sgd', learningRate: 0.1 } },
      '&sparsity=0.9',
    )
    assert.deepEqual([sgd.status, sgd.body.errors[0].path], [400, 'optimizer.name'])
    const real = await request(api.url).post('/v1/jobs?sparsity=0.9').send(README_JOB)
    assert.deepEqual([real.status, real.body.errors[0].path], [400, 'sparsity'])
    const full = await dryRun(README_JOB, '&sparsity=1')
    assert.deepEqual([full.status, full.body.errors[0].path], [400, 'sparsity'])
  })
})
