import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import request from 'supertest'
import { ARTIFACT_NAMES, artifactFile } from '#domain/artifact.ts'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import type { Stores } from '#stores/connect.ts'
import { appendEvent, epochMetrics, startJob } from '#test/support/drive-job.ts'
import { recordOf } from '#test/support/record.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

/** Those that only a worker makes are in the manifest once they exist. */
const EXPORTED = ARTIFACT_NAMES.filter(name => !artifactFile(name).isMeasured)

const REQUEST = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  epochs: 9,
  checkpoint: { everyEpochs: 1, keepLatest: 2, keepBest: 1, bestBy: 'validationAccuracy' },
}

interface Entry {
  name: string
  made: boolean
  sizeBytes?: number
}

/** Stores the checkpoint of an epoch; the threshold distinguishes the checkpoints. */
async function completeEpoch(stores: Stores, jobId: string, epoch: number, validationAccuracy: number) {
  const job = await stores.jobs.require(jobId)
  const { checkpoint } = recordOf('mnist-mlp', epoch / 100)
  const file = encodeCheckpoint(
    { ...checkpoint!, epoch },
    { training: trainingText(job.spec), engine: 'test' },
  )
  const stored = await stores.blobs.put(jobId, [file])
  const measured = { validationAccuracy, validationLoss: 1 - validationAccuracy }
  await appendEvent(stores, jobId, 'epoch', epochMetrics(epoch, measured))
  await appendEvent(stores, jobId, 'checkpointed', { epoch, step: epoch * 469, ...measured, ...stored })
}

const weightsAt = (epoch: number) => {
  const { spec, checkpoint } = recordOf('mnist-mlp', epoch / 100)
  return modelFromCheckpoint(spec, checkpoint!).weights.find(({ name }) => name.endsWith('/kernel'))!
}

describe('the files of a job that was cancelled', () => {
  let api: Api
  let base: string
  before(async () => {
    api = await startApi()
    const { body } = await request(api.url).post('/v1/jobs').send(REQUEST).expect(201)
    base = `/v1/jobs/${body.id}/artifacts`
    await startJob(api.stores, body.id)
    for (const [index, accuracy] of [0.8, 0.95, 0.9, 0.85].entries())
      await completeEpoch(api.stores, body.id, index + 1, accuracy)
    await request(api.url).post(`/v1/jobs/${body.id}/cancel`).expect(202)
    assert.equal((await request(api.url).get(`${base}/model.safetensors`)).body.code, 'artifact_not_ready')
    await appendEvent(api.stores, body.id, 'cancelled', {})
  })
  after(() => api.stop())

  async function download(query: string): Promise<Uint8Array> {
    const answer = await fetch(`${api.url}${base}/${query}`)
    assert.equal(answer.status, 200, query)
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const digest = createHash('sha256').update(bytes).digest('base64')
    assert.equal(answer.headers.get('repr-digest'), `sha-256=:${digest}:`)
    return bytes
  }

  it('are all available, created on the first request from the last completed epoch', async () => {
    for (const name of EXPORTED) {
      const head = await request(api.url).head(`${base}/${name}`)
      assert.equal(head.status, 200, name)
      assert.equal((await download(name)).length, Number(head.headers['content-length']), name)
    }
    const { tensors } = decodeSparseSafetensors(await download('model.sparse.safetensors'))
    const expected = weightsAt(4)
    assert.deepEqual(tensors.find(({ name }) => name === expected.name)?.data, expected.data)
  })

  it('are created from the best or another kept checkpoint on request', async () => {
    for (const [query, epoch] of [
      ['best', 2],
      ['3', 3],
    ] as const) {
      const { tensors } = decodeSafetensors(await download(`model.safetensors?checkpoint=${query}`))
      const expected = weightsAt(epoch)
      assert.deepEqual(tensors.find(({ name }) => name === expected.name)?.data, expected.data)
    }
    const gone = await request(api.url).get(`${base}/model.safetensors?checkpoint=1`)
    assert.equal(gone.status, 404)
    assert.match(gone.body.detail, /has no checkpoint "1"; it has checkpoints of epochs: 2, 3, 4/)
  })

  it('are available in the layout of PyTorch and rounded to bfloat16, and the manifest contains the loss of precision', async () => {
    const { tensors, metadata } = decodeSafetensors(
      await download('model.safetensors?layout=torch&dtype=bf16'),
    )
    assert.equal(metadata.layout, 'torch')
    const [dense] = tensors.filter(({ name, shape }) => name.endsWith('.weight') && shape[0] === 512)
    assert.deepEqual([dense?.dtype, dense?.shape], ['BF16', [512, 784]])
    const { body } = await request(api.url).get(base)
    const listed = body.data.find(
      (artifact: { variant?: { dtype: string } }) => artifact.variant?.dtype === 'bf16',
    )
    assert.equal(listed.epoch, 4)
    assert.equal(listed.rounding.changedZeros, 0)
    assert.ok(listed.rounding.maxAbsoluteError > 0 && listed.rounding.maxAbsoluteError < 2 ** -11)
  })

  it('are listed before they are created, with their variants, and without files that the job cannot have', async () => {
    const adam = { ...REQUEST, optimizer: { name: 'adam', learningRate: 0.1 } }
    const { body } = await request(api.url).post('/v1/jobs').send(adam).expect(201)
    const manifest = async () => (await request(api.url).get(`/v1/jobs/${body.id}/artifacts`)).body.data
    const queued = await manifest()
    const offered = EXPORTED.filter(name => name !== 'optimizer-state.safetensors')
    assert.deepEqual(
      queued.map(({ name, made }: Entry) => [name, made]),
      offered.map(name => [name, false]),
    )
    const dense = queued.find(({ name }: Entry) => name === 'model.safetensors')
    assert.deepEqual(
      [dense.variants.layout, dense.variants.dtype, dense.sizeBytes],
      [['torch'], ['bf16'], undefined],
    )
    await request(api.url).post(`/v1/jobs/${body.id}/cancel`).expect(202)
    assert.deepEqual(
      (await manifest()).map(({ name }: Entry) => name),
      ['metrics.csv', 'metrics.jsonl', 'spec.json', 'report.html'],
    )
    const { length } = await download('metrics.jsonl')
    const { data } = (await request(api.url).get(base)).body
    const made = data.filter(({ name }: Entry) => name === 'metrics.jsonl')
    assert.deepEqual(
      made.map(({ made, sizeBytes }: Entry) => [made, sizeBytes]),
      [[true, length]],
    )
  })

  it('are available without the channels that do nothing, and the manifest says which layers have fewer', async () => {
    const { metadata } = decodeSafetensors(await download('model.safetensors?structure=compact'))
    const topology = JSON.parse(metadata.topology!)
    const { body } = await request(api.url).get(base)
    const { structure } = body.data.find(
      (artifact: { variant?: { structure: string } }) => artifact.variant?.structure === 'compact',
    )
    assert.equal(structure.parameters.before, 407_050)
    assert.ok(structure.parameters.after <= 407_050)
    for (const { layer, channels } of structure.layers)
      assert.equal(topology.layers.find(({ name }: { name: string }) => name === layer).units, channels.after)
    for (const name of ['optimizer-state.safetensors', 'metrics.csv', 'report.html']) {
      const { body } = await request(api.url).get(`${base}/${name}?structure=compact`).expect(400)
      assert.match(body.errors[0].message, /has no such variant/)
    }
  })

  it('contain a complete graph, or one without output activation or preprocessing, and each variant is a separate file', async () => {
    const files = new Map<string, string>()
    for (const query of ['', '?graph=logits', '?preprocessing=none', '?graph=logits&preprocessing=none'])
      for (const name of ['model.keras', 'model.onnx', 'model.tfjs.zip'])
        files.set(`${name}${query}`, Buffer.from(await download(`${name}${query}`)).toString('base64'))
    assert.equal(new Set(files.values()).size, files.size)
    const { body } = await request(api.url).get(base)
    const variants = body.data
      .filter(({ name }: { name: string }) => name === 'model.onnx')
      .map(({ variant = {} }: { variant?: object }) => variant)
    for (const variant of [{}, { graph: 'logits' }, { preprocessing: 'none' }])
      assert.equal(variants.filter((other: object) => isDeepStrictEqual(other, variant)).length, 1)
  })

  it('name in their metadata the computations that a reader has to add, if they contain no graph', async () => {
    const preprocessing = JSON.stringify({ scale: 1 / 255, mean: [0], std: [1] })
    for (const query of ['', '?layout=torch']) {
      const { metadata } = decodeSafetensors(await download(`model.safetensors${query}`))
      assert.deepEqual([metadata.preprocessing, metadata.outputActivation], [preprocessing, 'softmax'])
    }
    const { metadata } = decodeSparseSafetensors(await download('model.sparse.safetensors'))
    assert.deepEqual([metadata.preprocessing, metadata.outputActivation], [preprocessing, 'softmax'])
  })

  it('are refused by the wrong name or parameter if they do not exist', async () => {
    const { status, body } = await request(api.url).get(`${base}/model.keras?layout=torch`)
    assert.equal(status, 400)
    assert.equal(body.errors[0].path, 'layout')
    for (const name of ['model.safetensors', 'model.weights.h5', 'weights.npz', 'metrics.csv']) {
      const bare = await request(api.url).get(`${base}/${name}?graph=logits&preprocessing=none`)
      const paths = bare.body.errors.map(({ path }: { path: string }) => path)
      assert.deepEqual([bare.status, paths.sort()], [400, ['graph', 'preprocessing']], name)
    }
    const odd = await request(api.url).get(`${base}/model.onnx?graph=bare`)
    assert.deepEqual([odd.status, odd.body.errors[0].path], [400, 'graph'])
    const unknown = await request(api.url).get(`${base}/model.safetensors?dtype=f16&zeros=no`)
    assert.deepEqual(unknown.body.errors.map(({ path }: { path: string }) => path).sort(), ['dtype', 'zeros'])
  })
})

it('a job that completed no epoch has metrics and a report, and the error for its model gives the reason', async () => {
  const api = await startApi()
  const { body } = await request(api.url).post('/v1/jobs').send(REQUEST)
  await request(api.url).post(`/v1/jobs/${body.id}/cancel`)
  const get = (name: string) => request(api.url).get(`/v1/jobs/${body.id}/artifacts/${name}`)
  assert.equal((await get('report.html')).status, 200)
  const model = await get('model.sparse.safetensors')
  assert.deepEqual([model.status, model.body.code], [404, 'not_found'])
  assert.match(model.body.detail, /No epoch was completed/)
  await api.stop()
})

describe('the files of a paused job', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const submit = async (): Promise<string> =>
    (await request(api.url).post('/v1/jobs').send(REQUEST).expect(201)).body.id
  const get = (jobId: string, query = '') => request(api.url).get(`/v1/jobs/${jobId}/artifacts${query}`)
  const pauseAfter = async (jobId: string, epoch: number, accuracy: number) => {
    await startJob(api.stores, jobId)
    await completeEpoch(api.stores, jobId, epoch, accuracy)
    await request(api.url).post(`/v1/jobs/${jobId}/pause`).expect(202)
    await appendEvent(api.stores, jobId, 'paused', {})
  }

  it('are revalidated by caches, and kept by them once the job has ended', async () => {
    const jobId = await submit()
    await pauseAfter(jobId, 1, 0.8)
    for (const query of ['/metrics.csv', '/model.safetensors', '/model.safetensors?checkpoint=best']) {
      const { headers } = await get(jobId, query).expect(200)
      assert.equal(headers['cache-control'], 'private, no-cache, no-transform', query)
      const known = await get(jobId, query).set('if-none-match', headers.etag!)
      assert.deepEqual([known.status, known.headers['cache-control']], [304, headers['cache-control']])
    }
    await request(api.url).post(`/v1/jobs/${jobId}/cancel`).expect(202)
    assert.match((await get(jobId, '/model.safetensors')).headers['cache-control']!, /immutable/)
  })

  it('are listed as long as they can be fetched, with the checkpoint to request', async () => {
    const jobId = await submit()
    const listed = async () =>
      (await get(jobId)).body.data
        .filter(({ name, made }: Entry) => name === 'model.safetensors' && made)
        .map(({ epoch, checkpoint, sha256 }: Record<string, unknown>) => ({ epoch, checkpoint, sha256 }))
    const digestAt = async (query: string) => {
      const { headers } = await get(jobId, query).expect(200)
      return headers.etag!.slice(8, -1)
    }
    await pauseAfter(jobId, 1, 0.8)
    const first = await digestAt('/model.safetensors')
    assert.deepEqual(await listed(), [{ epoch: 1, checkpoint: undefined, sha256: first }])
    await request(api.url).post(`/v1/jobs/${jobId}/resume`).expect(202)
    assert.deepEqual(await listed(), [])
    await pauseAfter(jobId, 2, 0.9)
    assert.deepEqual(await listed(), [{ epoch: 1, checkpoint: 1, sha256: first }])
    assert.equal(await digestAt('/model.safetensors?checkpoint=1'), first)
    await request(api.url).post(`/v1/jobs/${jobId}/resume`).expect(202)
    await pauseAfter(jobId, 3, 0.95)
    assert.deepEqual(await listed(), [])
  })

  it('do not include a model before the first epoch, which is reported without an export process', async () => {
    const jobId = await submit()
    await request(api.url).post(`/v1/jobs/${jobId}/pause`).expect(202)
    assert.deepEqual(
      (await get(jobId)).body.data.map(({ name }: Entry) => name),
      ['metrics.csv', 'metrics.jsonl', 'spec.json', 'report.html'],
    )
    const before = performance.now()
    const { status, body } = await get(jobId, '/model.safetensors')
    assert.deepEqual([status, body.code], [409, 'artifact_not_ready'])
    assert.match(body.detail, /paused and has no model.safetensors yet: no epoch was completed/)
    assert.ok(performance.now() - before < 1_000)
  })
})
