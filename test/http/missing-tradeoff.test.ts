import assert from 'node:assert/strict'
import { it } from 'node:test'
import request from 'supertest'
import { addArtifact, appendEvent, epochMetrics, startJob } from '#test/support/drive-job.ts'
import { checkpointOf, MEASURED_REQUEST, measuredJob, STEP, tradeoffOf } from '#test/support/measured-job.ts'
import { startApi } from '#test/support/start-api.ts'

const ASKED = { inputs: [Array(28).fill(Array(28).fill([100]))] }

it('the report of a job whose model is of an earlier epoch shows the trade-off of this model', async t => {
  const api = await startApi()
  t.after(() => api.stop())
  const earlyStopping = { metric: 'validationLoss', patience: 5 }
  const { body } = await request(api.url)
    .post('/v1/jobs')
    .send({ ...MEASURED_REQUEST, epochs: 2, earlyStopping })
    .expect(201)
  await startJob(api.stores, body.id)
  const { spec } = await api.stores.jobs.require(body.id)
  for (const epoch of [1, 2]) {
    const measured = { validationLoss: epoch, validationAccuracy: 0.9 }
    const improved = epoch === 1 ? ({ improved: true } as const) : {}
    const stored = await api.stores.blobs.put(body.id, [checkpointOf(spec, epoch)])
    await appendEvent(api.stores, body.id, 'epoch', epochMetrics(epoch, measured))
    const checkpoint = { epoch, step: epoch * STEP, ...measured, ...improved, ...stored }
    await appendEvent(api.stores, body.id, 'checkpointed', checkpoint)
  }
  const tradeoff = tradeoffOf(spec)
  await addArtifact(api.stores, body.id, 'tradeoff.json', Buffer.from(JSON.stringify(tradeoff)))
  await appendEvent(api.stores, body.id, 'succeeded', {})
  const other = await request(api.url).get(`/v1/jobs/${body.id}/tradeoff?checkpoint=latest`)
  assert.equal(other.status, 409)
  const advised = /POST (\{.*\}) to/.exec(other.body.detail)![1]!
  assert.deepEqual(JSON.parse(advised), { kind: 'tradeoff', jobs: [{ id: body.id, checkpoint: 2 }] })
  const posted = await request(api.url).post('/v1/analyses').send(JSON.parse(advised)).expect(201)
  assert.equal((await api.stores.work.require(posted.body.id)).analysis!.jobs[0]!.checkpoint.epoch, 2)
  const report = (query: string) => request(api.url).get(`/v1/jobs/${body.id}/artifacts/report.html${query}`)
  assert.match((await report('').expect(200)).text, /Trade-off/)
  assert.doesNotMatch((await report('?checkpoint=latest').expect(200)).text, /Trade-off/)
})

it('a trade-off without a curve by threshold has no optimizer state, and the answer says why', async t => {
  const api = await startApi()
  t.after(() => api.stop())
  const jobId = await measuredJob(api, 'magnitude')
  const name = 'optimizer-state.safetensors'
  const answer = await request(api.url).get(`/v1/jobs/${jobId}/artifacts/${name}?sparsity=0.9`)
  assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'])
  assert.match(answer.body.detail, /Only a cut by threshold has .*no curve by threshold/)
})

it('a job without a trade-off says how to get one', async t => {
  const api = await startApi()
  t.after(() => api.stop())
  const jobId = await measuredJob(api, false)
  const paths = ['tradeoff', 'artifacts/tradeoff.json', 'artifacts/model.onnx?sparsity=0.9']
  for (const path of paths) {
    const { status, body } = await request(api.url).get(`/v1/jobs/${jobId}/${path}`)
    assert.deepEqual([status, body.code], [409, 'tradeoff_not_ready'], path)
    assert.ok(body.detail.includes(`{"kind":"tradeoff","jobs":["${jobId}"]}`))
  }
  const predicted = await request(api.url).post(`/v1/jobs/${jobId}/predict?sizeBytes=1000`).send(ASKED)
  assert.deepEqual([predicted.status, predicted.body.code], [409, 'tradeoff_not_ready'])
  assert.equal((await request(api.url).get('/v1/jobs/job_none/tradeoff')).status, 404)
  const statistics = await request(api.url).get(`/v1/jobs/${jobId}/artifacts/tradeoff-statistics.safetensors`)
  assert.equal(statistics.status, 404)
  const { body } = await request(api.url)
    .post('/v1/jobs')
    .send({ ...MEASURED_REQUEST, finish: { tradeoff: true } })
  const running = await request(api.url).get(`/v1/jobs/${body.id}/tradeoff`)
  assert.deepEqual([running.status, running.body.code], [409, 'tradeoff_not_ready'])
  assert.match(running.body.detail, /The job is queued; it measures its trade-off as its last step/)
})
