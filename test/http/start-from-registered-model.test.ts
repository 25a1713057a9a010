import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { JobRequest } from '#domain/training-spec.ts'
import { driveSweep } from '#jobs/drive-sweep.ts'
import { appendEvent, startJob } from '#test/support/drive-job.ts'
import { finishedJob } from '#test/support/finished-job.ts'
import { checkpointOf, MEASURED_REQUEST } from '#test/support/measured-job.ts'
import { modelsApi } from '#test/support/registered-models.ts'

const models = modelsApi()
const { get, remove, predict, register } = models

describe('a job that starts from a registered model', () => {
  const submit = (body: object) =>
    request(models.api.url)
      .post('/v1/jobs')
      .send({ ...MEASURED_REQUEST, ...body })

  it('keeps the version that the name had at its submission', async () => {
    await register('start')
    for (const body of [
      { init: { modelId: 'start' } },
      { model: { id: 'start' } },
      { init: { modelId: 'start@1' } },
    ]) {
      const { status, body: job } = await submit(body)
      assert.equal(status, 201, JSON.stringify(job))
      assert.deepEqual([job.spec.init.modelId, job.spec.init.epoch], ['start@1', 1])
      assert.deepEqual(job.spec.model, { preset: 'mnist-mlp' })
      await register('start')
      const again = await submit({ ...job.spec, name: 'again' })
      assert.deepEqual(again.body.spec?.init, job.spec.init, JSON.stringify(again.body))
      await remove(`/v1/models/${await register('start')}`)
      for (const version of (await get('/v1/models/start')).body.versions)
        if (version.version > 1) await remove(`/v1/models/${version.id}`)
    }
    const { body: fresh } = await submit({ model: { id: 'start', weights: false } })
    assert.equal(fresh.spec.init, undefined)
    const { body: own } = await submit({
      model: { id: 'start@1' },
      init: { modelId: 'start', optimizerState: true },
    })
    assert.deepEqual([own.spec.init.modelId, own.spec.init.optimizerState], ['start@1', true])
    assert.ok(!own.warnings.some(({ code }: { code: string }) => code === 'weights_replaced'))
    for (const [body, path] of [
      [{ init: { modelId: 'start@99' } }, 'init.modelId'],
      [{ model: { id: 'start@99' } }, 'model.id'],
      [{ model: { id: 'mnist-mlp' } }, 'model.id'],
      [{ model: { id: 'start@' } }, 'model.id'],
    ] as const)
      assert.equal((await submit(body)).body.errors[0].path, path)
  })

  it('keeps the model until it has ended', async () => {
    const id = await register('needed')
    const { body: job } = await submit({ init: { modelId: 'needed' } })
    const refused = await remove(`/v1/models/${id}`)
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict'])
    assert.match(refused.body.detail, new RegExp(job.id))
    assert.equal((await predict(`/v1/models/${id}/predict`)).status, 200)
    await startJob(models.api.stores, job.id)
    assert.equal((await remove(`/v1/models/${id}`)).status, 409)
    await appendEvent(models.api.stores, job.id, 'failed', {
      error: { code: 'internal', message: 'x', retryable: false },
    })
    assert.equal((await remove(`/v1/models/${id}`)).status, 204)
    assert.equal((await predict(`/v1/models/${id}/predict`)).status, 404)
    const clone = await request(models.api.url).post(`/v1/jobs/${job.id}/clone`).send({})
    assert.deepEqual([clone.status, clone.body.spec.init.modelId], [201, 'needed@1'])
  })

  it('keeps its version and its model in a sweep, also for jobs that are submitted later', async () => {
    const id = await register('swept')
    const sweepOf = (base: object, space: object) =>
      request(models.api.url)
        .post('/v1/sweeps')
        .send({ base, space, search: { method: 'grid' } })
    const [base, space] = [{ ...MEASURED_REQUEST, init: { modelId: 'swept' } }, { batchSize: [32, 64] }]
    const { status, body: sweep } = await sweepOf(base, space)
    assert.equal(status, 201, JSON.stringify(sweep))
    assert.equal(sweep.request.base.init.modelId, id)
    const { body: other } = await sweepOf(
      { ...MEASURED_REQUEST, model: { id: 'swept' } },
      { init: [{ modelId: 'swept' }], 'model.id': ['swept'] },
    )
    assert.deepEqual(
      other.request?.space,
      { init: [{ modelId: id }], 'model.id': [id] },
      JSON.stringify(other),
    )
    await register('swept')
    const refused = await remove(`/v1/models/${id}`)
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict'])
    for (const { id: sweepId } of [sweep, other]) {
      await request(models.api.url).post(`/v1/sweeps/${sweepId}/cancel`).expect(202)
      // The first time submits the trials, which the second observes as cancelled.
      for (const _ of [1, 2])
        await driveSweep({ ...models.api.stores, datasetsDir: '' }, sweepId, { log: { warn: assert.fail } })
    }
    assert.equal((await remove(`/v1/models/${id}`)).status, 204)
  })

  it('is trained with the loss of the model unless it names another', async () => {
    const loss = 'meanSquaredError'
    const wanted = JobRequest.parse({ ...MEASURED_REQUEST, loss })
    const job = await finishedJob(models.api.stores, wanted, spec => checkpointOf(spec, 1))
    await register('squares', job.id)
    assert.equal((await submit({ model: { id: 'squares' } })).body.spec.loss, loss)
    const other = await submit({ model: { id: 'squares' }, loss: 'categoricalCrossentropy' })
    assert.equal(other.body.spec.loss, 'categoricalCrossentropy')
  })
})
