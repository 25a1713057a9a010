import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { type Api, startApi } from '#test/support/start-api.ts'

const JOB = { model: { preset: 'mnist-mlp' }, epochs: 3 }

describe('an idempotency key', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const submit = (key: string, body: object = JOB) =>
    request(api.url).post('/v1/jobs').set('idempotency-key', key).send(body)

  it('returns the first answer again', async () => {
    const first = await submit('a')
    const again = await submit('a', { epochs: 3, model: { preset: 'mnist-mlp' } })
    assert.deepEqual([first.status, again.status], [201, 201])
    assert.deepEqual(again.body, first.body)
    assert.equal(first.headers['idempotency-replayed'], undefined)
    assert.equal(again.headers['idempotency-replayed'], 'true')
  })

  it('is the same with and without quotes', async () => {
    assert.equal((await submit('"b"')).body.id, (await submit('b')).body.id)
  })

  it('is refused with another body', async () => {
    await submit('c')
    const { status, body } = await submit('c', { ...JOB, epochs: 4 })
    assert.deepEqual([status, body.code], [422, 'idempotency_key_reused'])
  })

  it('creates one job for many concurrent submissions', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit('d')))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
    assert.equal(answers.filter(({ headers }) => headers['idempotency-replayed']).length, 19)
  })

  it('can be used again after a submission that was refused', async () => {
    assert.equal((await submit('e', { ...JOB, epochs: 0 })).status, 400)
    assert.equal((await submit('e')).status, 201)
  })

  it('is refused when it is too long', async () => {
    assert.equal((await submit('x'.repeat(256))).status, 400)
  })
})
