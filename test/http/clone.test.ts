import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { appendEvent, startJob, succeed } from '#test/support/drive-job.ts'
import { ONE_LAYER, postJob } from '#test/support/post-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

describe('cloning a job', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const submit = (body?: object) => postJob(api.url, body)
  const clone = (id: string, body?: object) => request(api.url).post(`/v1/jobs/${id}/clone`).send(body)
  const count = async () => (await request(api.url).get('/v1/jobs?limit=200')).body.data.length

  it('accepts no body, or fields that replace whole fields of the job', async () => {
    const id = await submit({ name: 'first', labels: { a: '1', b: '2' }, seed: 7 })
    const same = await request(api.url).post(`/v1/jobs/${id}/clone`)
    const { spec } = (await request(api.url).get(`/v1/jobs/${id}`)).body
    assert.deepEqual([same.status, same.body.clonedFrom, same.body.name], [201, id, 'first'])
    assert.deepEqual(same.body.spec, spec)
    assert.equal(same.headers.location, `/v1/jobs/${same.body.id}`)
    assert.equal((await request(api.url).get(same.headers.location!)).body.queuePosition, 2)
    const { body } = await clone(id, { name: 'second', labels: { c: '3' }, epochs: 3 })
    assert.deepEqual([body.name, body.labels, body.spec.epochs, body.spec.seed], ['second', { c: '3' }, 3, 7])
  })

  it('creates one job per idempotency key, even if the source is deleted, and stores nothing for a dry run', async () => {
    const id = await submit()
    const once = () => clone(id, { epochs: 2 }).set('idempotency-key', 'clone')
    const first = await once()
    const dry = await request(api.url).post(`/v1/jobs/${id}/clone?dryRun=true`).send({ epochs: 2 })
    assert.deepEqual([dry.status, dry.body.plan.epochs.length], [200, 2])
    await request(api.url).post(`/v1/jobs/${id}/cancel`)
    await request(api.url).delete(`/v1/jobs/${id}`)
    const before = await count()
    const again = await once()
    assert.deepEqual(
      [again.status, again.body.id, again.headers['idempotency-replayed']],
      [201, first.body.id, 'true'],
    )
    assert.equal(await count(), before)
    assert.equal((await clone(id, {})).status, 404)
  })

  it('refuses invalid fields by their paths', async () => {
    const id = await submit({
      model: { topology: ONE_LAYER },
      dataset: { id: 'mnist' },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    })
    for (const [body, path, message] of [
      [{ epoch: 3 }, 'epoch', /Did you mean "epochs"/],
      [{ optimizer: { name: 'sgd' } }, 'optimizer.learningRate', /is required/],
      [{ loss: 'meanSquaredError' }, 'loss', /without `model`: the last activation of the network, softmax/],
      [{ dataset: { id: 'synthetic-cifar10' } }, 'dataset.id', /expects examples of 28 x 28 x 1/],
      [{ init: { jobId: 'job_none' } }, 'init.jobId', /there is no job/],
      [{ continue: 'yes' }, 'continue', /must be true or false/],
    ] as const) {
      const { status, body: problem } = await clone(id, body)
      assert.deepEqual([status, problem.errors[0].path], [400, path])
      assert.match(problem.errors[0].message, message)
    }
  })

  it('refuses to continue a running job, or one whose checkpoint is lost', async () => {
    const id = await submit()
    assert.equal((await clone(id, { continue: true })).status, 409)
    await startJob(api.stores, id)
    const lost = { epoch: 1, step: 469, validationLoss: 1, validationAccuracy: 0.9, sizeBytes: 1 }
    await appendEvent(api.stores, id, 'checkpointed', { ...lost, sha256: '0'.repeat(64) })
    assert.match((await clone(id, { continue: true })).body.detail, /is running; it can be continued once/)
    await succeed(api.stores, id)
    const before = await count()
    const pruned = await clone(id, { continue: true, epochs: 1, finish: { prune: { sparsity: 0.9 } } })
    assert.deepEqual([pruned.status, pruned.body.errors[0].path], [400, 'epochs'])
    assert.match(pruned.body.errors[0].message, /must be 2 or more, or finish.fineTune must be given/)
    const { status, body } = await clone(id, { continue: true, epochs: 200 })
    assert.deepEqual([status, body.code], [409, 'conflict'])
    assert.match(body.detail, /checkpoint of step 469 of job_.* cannot be read/)
    assert.equal(await count(), before)
  })
})
