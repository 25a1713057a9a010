import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { keyOf } from '#test/support/key-of.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const JOB = { model: { preset: 'mnist-mlp' }, epochs: 3 }

describe('an idempotency key of two callers', () => {
  it('creates a job for each of them, also within a tenant', async () => {
    const api = await startApi()
    try {
      const tenants = ['vision', 'vision', 'audio']
      const keys = await Promise.all(tenants.map(tenant => keyOf(api.stores, { tenant, scopes: ['submit'] })))
      const submitAs = async ({ headers }: (typeof keys)[number], body: object = JOB) => {
        const sent = request(api.url)
          .post('/v1/jobs')
          .set({ ...headers, 'idempotency-key': 'same' })
        return await sent.send(body)
      }
      const first = await Promise.all(keys.map(key => submitAs(key)))
      assert.equal(new Set(first.map(({ body }) => body.id)).size, 3)
      const again = await Promise.all(keys.map(key => submitAs(key)))
      assert.deepEqual(
        again.map(({ body }) => body.id),
        first.map(({ body }) => body.id),
      )
      assert.equal((await submitAs(keys[0]!, { ...JOB, epochs: 4 })).status, 422)
    } finally {
      await api.stop()
    }
  })
})

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

  it('is the same bare and as a quoted string', async () => {
    assert.equal((await submit('"b"')).body.id, (await submit('b')).body.id)
    assert.equal((await submit('"say \\"b\\" \\\\"')).body.id, (await submit('say "b" \\')).body.id)
  })

  it('is refused with wrong quotes, and nothing is stored', async () => {
    const before = await api.stores.redis.zcard('thresher:jobs')
    for (const key of ['"b', '"', '"a"b"', '"a" "b"', '"a", "b"', '"a";v=1', '"\\n"', '"a\\"', '"é"']) {
      const { status, body } = await submit(key)
      assert.deepEqual([status, body.errors?.[0]?.path], [400, 'Idempotency-Key'], key)
    }
    assert.equal(await api.stores.redis.zcard('thresher:jobs'), before)
  })

  it('is refused when it is given twice, in whatever form', async () => {
    for (const values of [
      ['a', 'b'],
      ['a', 'a'],
      ['"a"', '"b"'],
    ]) {
      const headers = { 'content-type': 'application/json', 'Idempotency-Key': values }
      const sent = httpRequest(`${api.url}/v1/jobs`, { method: 'POST', headers }).end(JSON.stringify(JOB))
      const [answer] = await once(sent, 'response')
      const { errors } = JSON.parse(await text(answer))
      assert.deepEqual([answer.statusCode, errors[0].path], [400, 'Idempotency-Key'])
    }
  })

  it('is of the route, not of the spelling of its path', async () => {
    const { body: job } = await submit('f')
    const clone = (path: string) => request(api.url).post(path).set('idempotency-key', 'f').send({})
    const first = await clone(`/v1/jobs/${job.id}/clone`)
    assert.notEqual(first.body.id, job.id)
    assert.equal((await clone(`/v1/jobs/${job.id.replace('j', '%6a')}/clone`)).body.id, first.body.id)
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

  it('is refused in a dry run too when it is not valid', async () => {
    const dryRun = request(api.url).post('/v1/jobs?dryRun=true').set('idempotency-key', '').send(JOB)
    const { status, body } = await dryRun
    assert.deepEqual([status, body.errors[0]?.path], [400, 'Idempotency-Key'])
  })

  it('is refused when it is too long', async () => {
    assert.equal((await submit('x'.repeat(256))).status, 400)
    assert.equal((await submit(`"${'x'.repeat(256)}"`)).status, 400)
    assert.equal((await submit('""')).status, 400)
    assert.equal((await submit(`"${'\\"'.repeat(255)}"`)).status, 201)
  })
})
