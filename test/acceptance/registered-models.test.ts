import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, sparseDigest, upload, watchJob } from '#test/support/watch-job.ts'

const layer = (class_name: string, config: object) => ({ class_name, config })
const TOPOLOGY = {
  class_name: 'Sequential',
  config: {
    layers: [
      layer('InputLayer', { name: 'in', batch_shape: [null, 3] }),
      layer('Dense', { name: 'hidden', units: 16 }),
      layer('BatchNormalization', { name: 'norm' }),
      layer('ReLU', { name: 'relu' }),
      layer('Dense', { name: 'out', units: 3, activation: 'softmax' }),
    ],
  },
}
/** Three classes of points, [a, b, c], far from zero, so that normalization matters; a tenth have a wrong label. */
const ROWS = Array.from({ length: 240 }, (_, index) => {
  const group = index % 3
  const wave = (scale: number) => Math.sin(index * scale)
  const label = index % 10 === 0 ? (group + 1) % 3 : group
  return [100 + 5 * group + wave(1.3), 50 - 3 * group + wave(0.7), 10 + wave(2.1), `kind${label}`]
})
const CSV = ['a,b,c,kind', ...ROWS.map(row => row.join(','))].join('\n')
const INPUTS = { inputs: ROWS.slice(0, 20).map(row => row.slice(0, 3)) }

let service: Service
let datasetId: string
before(async () => {
  service = await startService()
  const spec = { name: 'kinds', format: 'csv', label: 'kind', labels: 'classes' }
  datasetId = (await upload(service.url, '/v1/datasets', spec, { 'kinds.csv': CSV })).body.id
})
after(async () => assert.equal(await service.stop(), 0))

const job = () => ({
  model: { topology: TOPOLOGY },
  dataset: { id: datasetId, normalize: { mean: [105, 47, 10], std: [4, 3, 1] } },
  optimizer: { name: 'grda', learningRate: 0.2, c: 0.005, mu: 0.6 },
  batchSize: 16,
  epochs: 12,
  validation: { fraction: 0.25 },
  checkpoint: { everyEpochs: 1, keepLatest: 4, keepBest: 1, bestBy: 'validationAccuracy' },
  earlyStopping: { metric: 'validationLoss', patience: 2, minDelta: 0.05 },
})

async function train(spec: object): Promise<Frame> {
  const { status, body } = await post(service.url, '/v1/jobs', spec)
  assert.equal(status, 201, JSON.stringify(body))
  await watchJob(service.url, body.id)
  const { body: done } = await get(service.url, `/v1/jobs/${body.id}`)
  assert.equal(done.status, 'succeeded', JSON.stringify(done))
  return done
}
const remove = async (path: string) => (await fetch(service.url + path, { method: 'DELETE' })).status
const predict = async (path: string) => {
  const { status, body } = await post(service.url, path, INPUTS)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const bytesOf = async (path: string) => {
  const answer = await fetch(service.url + path)
  assert.equal(answer.status, 200, path)
  return Buffer.from(await answer.arrayBuffer())
}

/** Jobs that start from the model in every way end with the same bits as those that start from its job. */
async function startsEqualJobs(source: Frame): Promise<void> {
  const { earlyStopping: _, ...once } = { ...job(), epochs: 1 }
  const adam = { name: 'adam', learningRate: 0.01 }
  for (const [init, optimizer] of [
    [{ optimizerState: true }, once.optimizer],
    [{}, once.optimizer],
    [{ prune: { sparsity: 0.5, rule: 'magnitude' } }, adam],
  ] as const) {
    const fromJob = await train({ ...once, optimizer, init: { ...init, jobId: source.id } })
    const fromModel = await train({ ...once, optimizer, init: { ...init, modelId: 'kinds@1' } })
    assert.equal(fromModel.spec.init.modelId, 'kinds@1')
    assert.equal(await sparseDigest(service.url, fromModel.id), await sparseDigest(service.url, fromJob.id))
  }
  const first = await train({ ...once, optimizer: adam })
  await post(service.url, '/v1/models', { jobId: first.id, name: 'adam' })
  const continued = [{ jobId: first.id }, { modelId: 'adam' }].map(init =>
    train({ ...once, optimizer: adam, init: { ...init, optimizerState: true } }),
  )
  const [ofJob, ofModel] = await Promise.all(continued)
  assert.equal(await sparseDigest(service.url, ofModel!.id), await sparseDigest(service.url, ofJob!.id))
  const { optimizer } = once
  const fromJob = await train({ ...once, init: { jobId: source.id } })
  const byModel = await train({
    dataset: once.dataset,
    batchSize: 16,
    epochs: 1,
    optimizer,
    model: { id: 'kinds@1' },
    validation: once.validation,
  })
  assert.deepEqual([byModel.spec.init.modelId, byModel.spec.model], ['kinds@1', source.spec.model])
  assert.equal(await sparseDigest(service.url, byModel.id), await sparseDigest(service.url, fromJob.id))
}

it('a registered model predicts, is exported and starts jobs like its job, which is gone with its dataset', async () => {
  const trained = await train(job())
  const { data: checkpoints } = (await get(service.url, `/v1/jobs/${trained.id}/checkpoints`)).body
  const { epoch } = checkpoints.find((kept: Frame) => kept.kind === 'latest')
  assert.ok(trained.modelEpoch < epoch, `early stopping chose ${trained.modelEpoch} of ${epoch} epochs`)

  const own = `/v1/jobs/${trained.id}`
  const choices = [
    { checkpoint: undefined, query: '' },
    { checkpoint: 'best', query: '?checkpoint=best' },
    { checkpoint: epoch, query: `?checkpoint=${epoch}` },
  ]
  const expected: { id: string; prediction: Frame; file: Buffer }[] = []
  for (const { checkpoint, query } of choices) {
    const { status, body } = await post(service.url, '/v1/models', {
      jobId: trained.id,
      checkpoint,
      name: 'kinds',
    })
    assert.equal(status, 201, JSON.stringify(body))
    expected.push({
      id: body.id,
      prediction: await predict(`${own}/predict${query}`),
      file: await bytesOf(`${own}/artifacts/model.keras${query}`),
    })
  }
  assert.notDeepEqual(expected[0]!.prediction, expected[2]!.prediction)
  assert.deepEqual(expected[0]!.prediction.outputNames, ['kind0', 'kind1', 'kind2'])

  await startsEqualJobs(trained)
  assert.equal(await remove(`/v1/jobs/${trained.id}`), 204)
  assert.equal(await remove(`/v1/datasets/${datasetId}`), 204)
  for (const { id, prediction, file } of expected) {
    assert.deepEqual(await predict(`/v1/models/${id}/predict`), prediction, id)
    assert.ok((await bytesOf(`/v1/models/${id}/artifacts/model.keras`)).equals(file), id)
  }
  assert.deepEqual(await predict('/v1/models/kinds/predict'), expected[2]!.prediction)
  assert.equal(await remove('/v1/models/kinds@3'), 204)
  assert.deepEqual(await predict('/v1/models/kinds/predict'), expected[1]!.prediction)
})
