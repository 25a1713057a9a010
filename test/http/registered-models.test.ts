import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import request from 'supertest'
import { registerModel } from '#jobs/register-model.ts'
import { deleteOrphans } from '#maintenance/delete-orphan-blobs.ts'
import { appendEvent, startNewJob } from '#test/support/drive-job.ts'
import { finishedJob } from '#test/support/finished-job.ts'
import { measuredJob } from '#test/support/measured-job.ts'
import { modelsApi } from '#test/support/registered-models.ts'

const models = modelsApi()
const { send, get, remove, predict, register } = models

describe('a model that was registered from a job', () => {
  let jobId: string
  before(async () => {
    jobId = await measuredJob(models.api, true)
  })

  it('is the next version of its name, with what is known about it', async () => {
    for (const version of [1, 2]) {
      const { status, headers, body } = await send({ jobId, name: 'digits' })
      assert.deepEqual([status, headers.location], [201, `/v1/models/digits@${version}`])
      assert.deepEqual(
        [body.id, body.name, body.version, body.jobId],
        [`digits@${version}`, 'digits', version, jobId],
      )
      assert.equal(body.checkpoint.epoch, 1)
      assert.equal(body.metrics.validationAccuracy, 0.975)
      assert.deepEqual(body.classes, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
      assert.deepEqual([body.parameters, body.weights.hasState], [407_050, true])
    }
    const { body: newest } = await get('/v1/models/digits')
    assert.equal(newest.id, 'digits@2')
    assert.deepEqual(
      newest.versions.map(({ id, jobId: from }: Record<string, string>) => [id, from]),
      [
        ['digits@2', jobId],
        ['digits@1', jobId],
      ],
    )
    const { body: first } = await get('/v1/models/digits@1')
    assert.deepEqual([first.id, first.versions], ['digits@1', undefined])
    for (const path of ['digits@3', 'digits@0', 'digits@01', 'digits@', 'digit', 'digits@1@1'])
      assert.equal((await get(`/v1/models/${path}`)).status, 404, path)
  })

  it('predicts and is exported like the model of the job, also when the job is gone', async () => {
    const id = await register('kept', jobId)
    const queries = ['', '?sparsity=0.9', '?sizeBytes=200000&rule=magnitude']
    const files = [
      'model.sparse.safetensors',
      'model.keras?graph=logits',
      'model.onnx?sparsity=0.9',
      'tradeoff.json',
      'spec.json',
    ]
    const predictions = await Promise.all(queries.map(query => predict(`/v1/jobs/${jobId}/predict${query}`)))
    const download = async (path: string) => {
      const answer = await fetch(`${models.api.url}${path}`)
      assert.equal(answer.status, 200, path)
      return Buffer.from(await answer.arrayBuffer())
    }
    const exported = new Map<string, Buffer>()
    for (const file of files) exported.set(file, await download(`/v1/jobs/${jobId}/artifacts/${file}`))
    assert.equal((await remove(`/v1/jobs/${jobId}`)).status, 204)
    await deleteOrphans(models.api.stores, new Date(Date.now() + 60_000))
    for (const name of ['kept', id])
      for (const [index, query] of queries.entries()) {
        const { status, body } = await predict(`/v1/models/${name}/predict${query}`)
        assert.equal(status, 200, JSON.stringify(body))
        assert.deepEqual(body, predictions[index]!.body)
      }
    for (const [file, bytes] of exported)
      assert.ok((await download(`/v1/models/${id}/artifacts/${file}`)).equals(bytes), file)
    await deleteOrphans(models.api.stores, new Date(Date.now() + 60_000))
    assert.ok((await download(`/v1/models/kept/artifacts/model.onnx?sparsity=0.9`)).length > 0)
    const { body } = await get(`/v1/models/${id}/artifacts`)
    const made = body.data.filter((entry: { made: boolean }) => entry.made)
    assert.equal(made.length, files.length)
    assert.ok(body.data.every(({ name }: { name: string }) => !/metrics|report/.test(name)))
    assert.equal((await get(`/v1/models/${id}/artifacts/metrics.csv`)).status, 404)
    assert.equal((await get(`/v1/models/${id}/artifacts/nothing`)).status, 404)
    const { headers } = await request(models.api.url).head(
      `/v1/models/${id}/artifacts/model.sparse.safetensors`,
    )
    assert.equal(Number(headers['content-length']), exported.get('model.sparse.safetensors')!.length)
    assert.match(headers['cache-control']!, /immutable/)
    const named = await request(models.api.url).head('/v1/models/kept/artifacts/model.sparse.safetensors')
    assert.match(named.headers['cache-control']!, /no-cache/)
  })

  it('has no points without a trade-off, and what is not registered does not predict', async () => {
    const id = await register('plain')
    const { status, body } = await predict(`/v1/models/${id}/predict?sparsity=0.9`)
    assert.deepEqual([status, body.code], [409, 'tradeoff_not_ready'])
    const upload = await request(models.api.url)
      .post('/v1/models')
      .field('spec', '{"name":"up","preset":"mnist-mlp"}')
    for (const model of ['mnist-mlp', upload.body.id]) {
      assert.equal((await predict(`/v1/models/${model}/predict`)).status, 409)
      assert.equal((await get(`/v1/models/${model}/artifacts`)).status, 409)
    }
    assert.equal((await predict('/v1/models/nothing/predict')).status, 404)
    assert.equal(
      (await predict(`/v1/models/${id}/predict?checkpoint=best`)).body.errors[0].path,
      'checkpoint',
    )
  })
})

describe('a registration', () => {
  it('gives every version one number, from several processes at once', async () => {
    const { id: jobId } = await finishedJob(models.api.stores)
    const processes = [models.api.stores, await models.api.connectAgain(), await models.api.connectAgain()]
    const registered = await Promise.all(
      Array.from({ length: 60 }, (_, index) => registerModel(processes[index % 3]!, { jobId, name: 'many' })),
    )
    const numbers = registered.map(({ model: { version } }) => version).sort((a, b) => a - b)
    assert.deepEqual(
      numbers,
      Array.from({ length: 60 }, (_, index) => index + 1),
    )
    for (const {
      model: { version, id },
    } of registered)
      assert.equal((await models.api.stores.models.get(`many@${version}`))?.id, id)
  })

  it('with an Idempotency-Key makes one version, however often and from however many processes it is sent', async () => {
    const { id: jobId } = await finishedJob(models.api.stores)
    const [one, another] = [await finishedJob(models.api.stores), await finishedJob(models.api.stores)]
    const claimed = (body: object) => send(body).set('idempotency-key', 'registration')
    const body = { jobId, name: 'retried' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => claimed(body)))
    for (const answer of answers)
      assert.deepEqual([answer.status, answer.body.id], [201, 'retried@1'], JSON.stringify(answer.body))
    assert.equal(answers.filter(({ headers }) => !headers['idempotency-replayed']).length, 1)
    // A claim that other processes hold is seen by the script alone.
    const claim = { scope: 'several processes', bodyDigest: '0'.repeat(64) }
    const processes = [models.api.stores, await models.api.connectAgain()]
    const both = await Promise.all(
      processes.map((stores, index) =>
        registerModel(stores, { jobId: [one, another][index]!.id, name: 'raced' }, claim),
      ),
    )
    assert.deepEqual(new Set(both.map(({ model }) => model.version)), new Set([1]))
    assert.deepEqual(both.map(({ replayed }) => replayed).sort(), [false, true])

    assert.equal((await remove(`/v1/jobs/${jobId}`)).status, 204)
    const late = await claimed(body)
    assert.deepEqual([late.status, late.body], [201, answers[0]!.body])
    assert.equal((await claimed({ ...body, name: 'other' })).body.code, 'idempotency_key_reused')
    assert.equal((await get('/v1/models/retried')).body.versions.length, 1)
    const namespaces = new Set<string>()
    for await (const { namespace } of models.api.stores.blobs.list()) namespaces.add(namespace)
    const kept = [...namespaces].filter(namespace => namespace.startsWith('model_'))
    for (const id of kept)
      assert.ok(await models.api.stores.models.has(id), 'the copies of replays were deleted')
  })

  it('does not use the number of a deleted version again', async () => {
    await register('once')
    const last = await register('once')
    assert.equal((await remove(`/v1/models/${last}`)).status, 204)
    assert.equal((await get('/v1/models/once')).body.id, 'once@1')
    assert.equal(await register('once'), 'once@3')
    for (const version of ['once@1', 'once@3'])
      assert.equal((await remove(`/v1/models/${version}`)).status, 204)
    assert.equal((await get('/v1/models/once')).status, 404)
    assert.equal(await register('once'), 'once@4')
    const { status, body } = await remove('/v1/models/once')
    assert.deepEqual([status, body.errors[0].path], [400, 'modelId'])
    assert.equal((await get('/v1/models/once@4')).status, 200)
  })

  it('is refused with the field that is wrong, and stores nothing', async () => {
    const { id: jobId } = await finishedJob(models.api.stores)
    const running = await startNewJob(models.api.stores)
    for (const [body, path] of [
      [{ jobId, name: 'mnist-mlp' }, 'name'],
      [{ jobId, name: `model_${'0'.repeat(26)}` }, 'name'],
      [{ jobId, name: 'a@1' }, 'name'],
      [{ jobId, name: '..' }, 'name'],
      [{ jobId, name: 'a b' }, 'name'],
      [{ jobId, name: 'x'.repeat(101) }, 'name'],
      [{ jobId }, 'name'],
      [{ name: 'wrong' }, 'jobId'],
      [{ jobId: 'job_none', name: 'wrong' }, 'jobId'],
      [{ jobId, name: 'wrong', checkpoint: 7 }, 'checkpoint'],
      [{ jobId, name: 'wrong', version: 3 }, 'version'],
    ] as const) {
      const { status, body: problem } = await send(body)
      assert.deepEqual([status, problem.errors[0].path], [400, path], JSON.stringify(body))
    }
    assert.equal((await send({ jobId: running, name: 'wrong' })).body.code, 'artifact_not_ready')
    await appendEvent(models.api.stores, running, 'cancelling', {})
    await appendEvent(models.api.stores, running, 'cancelled', {})
    assert.match((await send({ jobId: running, name: 'wrong' })).body.detail, /has completed no epoch/)
    await models.api.stores.blobs.deleteAll(jobId)
    assert.match((await send({ jobId, name: 'wrong' })).body.detail, /were deleted meanwhile/)
    assert.equal((await get('/v1/models/wrong')).status, 404)
    assert.equal(await register('wrong'), 'wrong@1')
  })

  it('belongs to its tenant', async () => {
    await register('shared')
    const other = models.api.stores.of({ tenant: 'other' })
    assert.equal(await other.models.get('shared'), undefined)
    const job = await finishedJob(other)
    await assert.rejects(
      registerModel(models.api.stores, { jobId: job.id, name: 'shared' }),
      /there is no job/,
    )
    assert.equal((await registerModel(other, { jobId: job.id, name: 'shared' })).model.version, 1)
    assert.equal(await register('shared'), 'shared@2')
    assert.deepEqual(
      (await other.models.list({ limit: 9 })).found.map(({ name }) => name),
      ['shared'],
    )
  })

  it('is in the list of models, page by page', async () => {
    const ids = [await register('paged'), await register('paged')].reverse()
    const shown: string[] = []
    for (let path = '/v1/models?name=paged&limit=1'; ; ) {
      const { body } = await get(path)
      shown.push(...body.data.map(({ id }: { id: string }) => id))
      if (!body.hasMore) break
      path = `/v1/models?name=paged&limit=1&after=${body.nextAfter}`
    }
    assert.deepEqual(shown, ids)
    const all: string[] = []
    for (let path = '/v1/models?limit=1'; ; ) {
      const { body } = await get(path)
      all.push(...body.data.map(({ id }: { id: string }) => id))
      if (!body.hasMore) break
      path = `/v1/models?limit=1&after=${body.nextAfter}`
    }
    assert.equal(all.at(-1), 'resnet50')
    assert.equal(new Set(all).size, all.length)
  })
})
