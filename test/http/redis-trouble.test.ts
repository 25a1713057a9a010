import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { type Api, startApi } from './start-api.ts'

const JOB = { model: { preset: 'mnist-mlp' } }

describe('while Redis is in trouble', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const submit = (key: string) => request(api.url).post('/v1/jobs').set('idempotency-key', key).send(JOB)

  it('a full one takes no jobs, still answers for those it has, and goes on once there is room', async () => {
    const { body } = await submit('before')
    await api.world.redis.config('SET', 'maxmemory', '1')
    const refused = await submit('during')
    assert.deepEqual(
      [refused.status, refused.body.code, refused.headers['retry-after']],
      [503, 'unavailable', '5'],
    )
    assert.ok(!refused.text.includes('maxmemory'))
    assert.equal((await request(api.url).get(body.links.self)).status, 200)
    await api.world.redis.config('SET', 'maxmemory', '0')
    assert.equal((await submit('during')).status, 201)
    assert.equal((await request(api.url).get('/v1/jobs')).body.data.length, 2)
  })

  it('a broken connection is no reason to make a job twice', async () => {
    const keys = Array.from({ length: 200 }, (_, i) => `broken ${i}`)
    const killer = await api.world.duplicate()
    let answered = 0
    const submissions = keys.map(async key => {
      for (;;) {
        const { status, body } = await submit(key)
        answered++
        if (answered % 40 === 0) await killer.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        if (status === 201) return body.id
        assert.equal(status, 503)
      }
    })
    const ids = new Set(await Promise.all(submissions))
    assert.equal(ids.size, keys.length)
    const stored = await api.world.redis.zcard('thresher:jobs')
    assert.equal(stored, keys.length + 2)
  })
})
