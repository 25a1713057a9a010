import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import request from 'supertest'
import type { Job } from '#domain/job.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { driveSweep } from '#jobs/drive-sweep.ts'
import { registerModel } from '#jobs/register-model.ts'
import { deleteOrphans } from '#maintenance/delete-orphan-blobs.ts'
import { expireDue } from '#maintenance/expire-files.ts'
import type { Stores } from '#stores/connect.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { addArtifact, appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { checkpointOf, MEASURED_REQUEST, STEP, tradeoffOf } from '#test/support/measured-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { storeJob } from '#test/support/store-job.ts'

const HOUR = 3600
const DIGIT = Array.from({ length: 28 }, () => Array.from({ length: 28 }, () => [9]))
const SILENT = pino({ level: 'silent' })

let api: Api
before(async () => {
  api = await startApi()
})
after(() => api.stop())

const get = (path: string) => request(api.url).get(path)
const post = (path: string, body: object) => request(api.url).post(path).send(body)
const expire = (secondsFromNow: number, stores: Stores = api.stores) =>
  expireDue(stores, SILENT, Date.now() + 1000 * secondsFromNow)

/** A job that has succeeded, with a checkpoint, its own model file and a trade-off. */
async function endedJob(
  expiresAfterSeconds: object,
  change: Partial<Job> = {},
  fields: object = {},
): Promise<string> {
  const job = newJob(JobRequest.parse({ ...MEASURED_REQUEST, ...fields, expiresAfterSeconds }))
  const { id, spec } = await storeJob(api.stores, { ...job, ...change })
  await startJob(api.stores, id)
  const scores = { validationAccuracy: 0.975, validationLoss: 0.025 }
  await appendEvent(api.stores, id, 'epoch', epochMetrics(1, scores))
  const stored = await api.stores.blobs.put(id, [checkpointOf(spec, 1)])
  await appendEvent(api.stores, id, 'checkpointed', { epoch: 1, step: STEP, ...scores, ...stored })
  await addArtifact(api.stores, id, 'model.sparse.safetensors', Buffer.from('sparse'))
  await addArtifact(api.stores, id, 'tradeoff.json', Buffer.from(JSON.stringify(tradeoffOf(spec))))
  await succeed(api.stores, id)
  return id
}

async function blobsOf(namespace: string): Promise<number> {
  let count = 0
  for await (const blob of api.stores.blobs.list()) if (blob.namespace === namespace) count++
  return count
}

const isDue = async (jobId: string) => (await api.stores.redis.zscore(redisKeys.expirations, jobId)) !== null

describe('the files of a job with a retention period', () => {
  it('are kept until its end plus the period, and then deleted', async () => {
    const id = await endedJob({ checkpoints: HOUR, artifacts: 2 * HOUR })
    const { finishedAt } = await api.stores.jobs.require(id)
    assert.equal(
      Number(await api.stores.redis.zscore(redisKeys.expirations, id)),
      Date.parse(finishedAt!) + HOUR * 1000,
    )
    await expire(HOUR - 60)
    assert.equal(await blobsOf(id), 3)
    assert.equal((await get(`/v1/jobs/${id}`)).body.expired, undefined)
    assert.equal((await get(`/v1/jobs/${id}/artifacts/model.keras`)).status, 200)
    assert.equal(await blobsOf(id), 4)

    await expire(HOUR + 60)
    assert.equal(await blobsOf(id), 2)
    const { expired } = (await get(`/v1/jobs/${id}`)).body
    assert.deepEqual(Object.keys(expired), ['checkpoints'])
    const own = await fetch(`${api.url}/v1/jobs/${id}/artifacts/model.sparse.safetensors`)
    assert.equal(await own.text(), 'sparse')
    assert.equal((await get(`/v1/jobs/${id}/artifacts/metrics.csv`)).status, 200)
    assert.equal(
      (await get(`/v1/jobs/${id}/artifacts`)).body.data.filter((entry: { made: boolean }) => entry.made)
        .length,
      3,
    )
    for (const path of [
      'model.keras',
      'model.sparse.safetensors?dtype=bf16',
      'model.keras?checkpoint=best',
      'model.keras?sparsity=0.9',
    ]) {
      const { status, body } = await get(`/v1/jobs/${id}/artifacts/${path}`)
      assert.deepEqual(
        [status, body.code, body.expiredAt],
        [410, 'artifact_expired', expired.checkpoints],
        path,
      )
      assert.match(
        body.detail,
        new RegExp(`^The checkpoints of ${id} were deleted at ${expired.checkpoints}`),
      )
    }

    await expire(2 * HOUR + 60)
    assert.equal(await blobsOf(id), 0)
    assert.equal(await isDue(id), false)
    const job = (await get(`/v1/jobs/${id}`)).body
    assert.equal(job.metrics.validationAccuracy, 0.975)
    for (const path of ['/model.sparse.safetensors', '/metrics.csv', '/tradeoff.json', '']) {
      const { status, body } = await get(`/v1/jobs/${id}/artifacts${path}`)
      assert.deepEqual(
        [status, body.code, body.expiredAt],
        [410, 'artifact_expired', job.expired.artifacts],
        path,
      )
    }
    assert.equal((await request(api.url).head(`/v1/jobs/${id}/artifacts/spec.json`)).status, 410)
    assert.equal((await get(`/v1/jobs/${id}/metrics`)).body.data.length, 1)
    assert.deepEqual((await get(`/v1/jobs/${id}/checkpoints`)).body.data, [])
    assert.equal((await request(api.url).delete(`/v1/jobs/${id}`)).status, 204)
  })

  it('are refused to what would start from them, with the reason', async () => {
    const id = await endedJob({ checkpoints: HOUR })
    const clone = { name: 'again' }
    await expire(HOUR + 60)
    for (const [path, body] of [
      [`/v1/jobs/${id}/predict`, { inputs: [DIGIT] }],
      [`/v1/jobs/${id}/predict?sparsity=0.9`, { inputs: [DIGIT] }],
      [`/v1/jobs/${id}/clone`, { continue: true, epochs: 2 }],
    ] as const) {
      const answer = await post(path, body)
      assert.deepEqual([answer.status, answer.body.code], [410, 'artifact_expired'], path)
    }
    for (const [path, body, field] of [
      ['/v1/jobs', { ...MEASURED_REQUEST, init: { jobId: id } }, 'init.jobId'],
      ['/v1/analyses', { kind: 'evaluation', jobs: [id] }, 'jobs.0'],
      ['/v1/models', { jobId: id, name: 'late' }, 'jobId'],
    ] as const) {
      const { status, body: problem } = await post(path, body)
      assert.deepEqual([status, problem.errors[0].path], [400, field], JSON.stringify(problem))
      assert.match(problem.errors[0].message, /after their retention period/)
    }
    assert.equal((await post(`/v1/jobs/${id}/clone`, clone)).status, 201)
  })

  it('leave the trade-off readable without the checkpoint, and are named once it is gone itself', async () => {
    const ofCheckpoint = await endedJob({ checkpoints: HOUR })
    const measured = { finish: { tradeoff: true } }
    const ofArtifacts = await endedJob({ artifacts: HOUR }, {}, measured)
    const ofBoth = await endedJob({ checkpoints: HOUR, artifacts: HOUR }, {}, measured)
    const before = (await get(`/v1/jobs/${ofCheckpoint}/tradeoff`)).body
    await expire(HOUR + 60)
    const kept = await get(`/v1/jobs/${ofCheckpoint}/tradeoff`)
    assert.deepEqual([kept.status, kept.body], [200, before])
    assert.equal((await get(`/v1/jobs/${ofCheckpoint}/tradeoff?checkpoint=best`)).status, 410)
    const { expired } = (await get(`/v1/jobs/${ofArtifacts}`)).body
    for (const answer of [
      await get(`/v1/jobs/${ofArtifacts}/tradeoff`),
      await post(`/v1/jobs/${ofArtifacts}/predict?sparsity=0.9`, { inputs: [DIGIT] }),
    ])
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.expiredAt],
        [410, 'artifact_expired', expired.artifacts],
      )
    assert.equal((await post(`/v1/jobs/${ofArtifacts}/predict`, { inputs: [DIGIT] })).status, 200)
    assert.equal((await get(`/v1/jobs/${ofBoth}/tradeoff`)).status, 410)
  })

  it('are kept as the copies of models, jobs and analyses that were made from them', async () => {
    const id = await endedJob({ checkpoints: HOUR, artifacts: HOUR })
    const inputs = { inputs: [DIGIT] }
    const before = await post(`/v1/jobs/${id}/predict?sparsity=0.9`, inputs)
    const { model } = await registerModel(api.stores, { jobId: id, name: 'outlives' })
    const started = await post('/v1/jobs', { ...MEASURED_REQUEST, init: { jobId: id } })
    const analysis = await post('/v1/analyses', { kind: 'evaluation', jobs: [id] })
    await expire(HOUR + 60)
    assert.equal(await blobsOf(id), 0)
    await deleteOrphans(api.stores, new Date(Date.now() + 60_000))
    const copies = [model.id, started.body.id, analysis.body.id]
    assert.deepEqual(await Promise.all(copies.map(blobsOf)), [2, 1, 1])
    assert.deepEqual((await post('/v1/models/outlives/predict?sparsity=0.9', inputs)).body, before.body)
    assert.equal((await post(`/v1/jobs/${started.body.id}/clone`, {})).status, 201)
  })

  it('are deleted by the next process if one dies between the record and the files', async () => {
    const id = await endedJob({ checkpoints: HOUR, artifacts: HOUR })
    assert.equal((await get(`/v1/jobs/${id}/artifacts/model.onnx`)).status, 200)
    assert.equal(await blobsOf(id), 4)
    const dying = Object.create(api.stores.blobs, {
      delete: { value: () => Promise.reject(new Error('killed')) },
    })
    const stores = {
      ...api.stores,
      of: (owner: Parameters<Stores['of']>[0]) => ({ ...api.stores.of(owner), blobs: dying }),
    }
    await expire(HOUR + 60, stores)
    assert.equal(await blobsOf(id), 4)
    assert.equal((await get(`/v1/jobs/${id}/artifacts/model.onnx`)).status, 410)
    await expire(HOUR + 60)
    await deleteOrphans(api.stores, new Date(Date.now() + 60_000))
    assert.equal(await blobsOf(id), 0)
    assert.deepEqual(await api.stores.exports.list(id), new Map())
  })

  it('are kept while the sweep of the job is under way', async () => {
    const sweep = await post('/v1/sweeps', {
      base: MEASURED_REQUEST,
      search: { method: 'grid' },
      space: { 'optimizer.c': [0.001] },
      objective: { maximize: 'validationAccuracy' },
    })
    assert.equal(sweep.status, 201, JSON.stringify(sweep.body))
    const id = await endedJob({ checkpoints: HOUR }, { sweepId: sweep.body.id })
    await expire(HOUR + 60)
    assert.deepEqual([await blobsOf(id), await isDue(id)], [3, true])
    assert.equal((await post(`/v1/sweeps/${sweep.body.id}/cancel`, {})).status, 202)
    // The first time submits the trial, which the second observes as cancelled.
    for (const _ of [1, 2])
      await driveSweep({ ...api.stores, datasetsDir: '' }, sweep.body.id, { log: SILENT })
    await expire(2 * HOUR)
    assert.deepEqual([await blobsOf(id), await isDue(id)], [2, false])
  })

  it('are kept by a job that has no period, that has not ended, or that was deleted before', async () => {
    const kept = await endedJob({})
    const { id: running } = await storeJob(api.stores, newJob({ expiresAfterSeconds: { checkpoints: 1 } }))
    await startJob(api.stores, running)
    const gone = await endedJob({ checkpoints: HOUR })
    await request(api.url).delete(`/v1/jobs/${gone}`).expect(204)
    assert.deepEqual(await Promise.all([kept, running, gone].map(isDue)), [false, false, false])
    await expire(10 * HOUR)
    assert.equal(await blobsOf(kept), 3)
  })

  it('must have periods of whole seconds', async () => {
    for (const [expiresAfterSeconds, path] of [
      [{ checkpoints: 0 }, 'expiresAfterSeconds.checkpoints'],
      [{ checkpoints: 1.5 }, 'expiresAfterSeconds.checkpoints'],
      [{ artifacts: '1' }, 'expiresAfterSeconds.artifacts'],
      [{ logs: 1 }, 'expiresAfterSeconds.logs'],
      [7, 'expiresAfterSeconds'],
    ] as const) {
      const { status, body } = await post('/v1/jobs', { ...MEASURED_REQUEST, expiresAfterSeconds })
      assert.deepEqual([status, body.errors[0].path], [400, path])
    }
    const { body } = await post('/v1/jobs', { ...MEASURED_REQUEST, expiresAfterSeconds: { artifacts: 60 } })
    assert.deepEqual(body.spec.expiresAfterSeconds, { artifacts: 60 })
    const clone = await post(`/v1/jobs/${body.id}/clone`, { expiresAfterSeconds: {} })
    assert.deepEqual(clone.body.spec.expiresAfterSeconds, {})
  })

  it('have the period of the tenant unless the job has one', async () => {
    const { tenantSettings } = api.stores
    const settings = await tenantSettings.settings('default')
    await tenantSettings.set('default', { ...settings, expiresAfterSeconds: { artifacts: 60 } })
    const own = { ...MEASURED_REQUEST, expiresAfterSeconds: { checkpoints: 7 } }
    const bodies = await Promise.all([post('/v1/jobs', MEASURED_REQUEST), post('/v1/jobs', own)])
    await tenantSettings.set('default', settings)
    assert.deepEqual(
      bodies.map(({ body }) => body.spec.expiresAfterSeconds),
      [{ artifacts: 60 }, { checkpoints: 7 }],
    )
    assert.equal((await post('/v1/jobs', MEASURED_REQUEST)).body.spec.expiresAfterSeconds, undefined)
  })
})
