import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { loseAttempt } from '#domain/job-decisions.ts'
import { appendEvent, epochMetrics, startJob } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

describe('the series of a job', () => {
  let api: Api
  let id: string
  before(async () => {
    api = await startApi()
    id = (
      await request(api.url)
        .post('/v1/jobs')
        .send({ model: { preset: 'mnist-mlp' } })
    ).body.id
    await startJob(api.stores, id)
    for (let epoch = 1; epoch <= 30; epoch++) await appendEvent(api.stores, id, 'epoch', epochMetrics(epoch))
    await api.stores.jobs.append(id, loseAttempt('runner_lost'))
    await startJob(api.stores, id)
    for (let epoch = 1; epoch <= 100; epoch++) {
      const validationLoss = epoch === 57 ? 99 : 1 / epoch
      await appendEvent(api.stores, id, 'epoch', epochMetrics(epoch, { validationLoss, regrown: 7 }))
    }
  })
  after(() => api.stop())
  const metrics = async (query = '') => (await request(api.url).get(`/v1/jobs/${id}/metrics${query}`)).body

  it('has each epoch once, with the metrics of its last attempt', async () => {
    const { data, total } = await metrics()
    assert.equal(total, 100)
    assert.deepEqual(
      data.map(({ epoch }: { epoch: number }) => epoch),
      Array.from({ length: 100 }, (_, i) => i + 1),
    )
    assert.ok(data.every(({ regrown }: { regrown: number }) => regrown === 7))
  })

  it('is cut by epochs', async () => {
    const { data } = await metrics('?fromEpoch=10&toEpoch=12')
    assert.deepEqual(
      data.map(({ epoch }: { epoch: number }) => epoch),
      [10, 11, 12],
    )
  })

  it('is thinned deterministically, keeping ends and spikes', async () => {
    const { data, shown, total } = await metrics('?maxPoints=12')
    const epochs = data.map(({ epoch }: { epoch: number }) => epoch)
    assert.ok(shown <= 12 && shown === data.length && total === 100)
    assert.deepEqual([epochs[0], epochs.at(-1), epochs.includes(57)], [1, 100, true])
    assert.deepEqual((await metrics('?maxPoints=12')).data, data)
  })

  it('is available as CSV', async () => {
    const { text, headers } = await request(api.url).get(`/v1/jobs/${id}/metrics?format=csv`)
    assert.match(headers['content-type']!, /^text\/csv/)
    const rows = text.trim().split('\r\n')
    assert.equal(rows.length, 101)
    assert.equal(rows[57]!.split(',')[rows[0]!.split(',').indexOf('validationLoss')], '99')
  })

  it('counts non-zeros by layer and epoch', async () => {
    const { body } = await request(api.url).get(`/v1/jobs/${id}/layers`)
    assert.equal(body.epochs.length, 100)
    assert.equal(body.layers[0].name, 'dense_1/kernel')
    assert.deepEqual(body.layers[0].nonzero.slice(0, 2), [999, 998])
  })

  it('refuses unknown parameters', async () => {
    const { status, body } = await request(api.url).get(`/v1/jobs/${id}/metrics?fromEpoch=0&points=3`)
    assert.equal(status, 400)
    assert.deepEqual(body.errors.map(({ path }: { path: string }) => path).sort(), ['fromEpoch', 'points'])
  })
})
