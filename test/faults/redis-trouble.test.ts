import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { refuseWrites } from '#test/support/refuse-writes.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const JOB = { model: { preset: 'mnist-mlp' } }

describe('while Redis is in trouble', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const uploadModel = () =>
    request(api.url)
      .post('/v1/models')
      .field('spec', JSON.stringify({ name: 'digits', preset: 'mnist-mlp' }))
  const readiness = async (status: number) => {
    for (;;) {
      const answer = await request(api.url).get('/readyz')
      if (answer.status === status) return answer
    }
  }
  const submit = (key: string) => request(api.url).post('/v1/jobs').set('idempotency-key', key).send(JOB)

  it('a full one takes no jobs, still answers for those it has, and goes on once there is room', async () => {
    const { body } = await submit('before')
    await api.stores.redis.config('SET', 'maxmemory', '1')
    const refused = await submit('during')
    assert.deepEqual(
      [refused.status, refused.body.code, refused.headers['retry-after']],
      [503, 'unavailable', '5'],
    )
    assert.equal(refused.body.detail, 'The job store accepts no writes at the moment; try again.')
    assert.ok(!refused.text.includes('maxmemory'))
    assert.equal((await request(api.url).get(body.links.self)).status, 200)
    await api.stores.redis.config('SET', 'maxmemory', '0')
    assert.equal((await submit('during')).status, 201)
    assert.equal((await request(api.url).get('/v1/jobs')).body.data.length, 2)
  })

  it('one that is nearly full takes nothing new and says so, while running work goes on', async () => {
    const { body } = await submit('with room')
    const used = /^used_memory:(\d+)/m.exec(await api.stores.redis.info('memory'))![1]
    await api.stores.redis.config('SET', 'maxmemory', String(Math.round(Number(used) * 1.05)))
    await readiness(503)
    for (const refused of [await submit('without room'), await uploadModel(), await readiness(503)]) {
      assert.deepEqual([refused.status, refused.body.code], [503, 'unavailable'], refused.text)
      assert.match(refused.body.detail, /job store is nearly full/)
      assert.ok(Number(refused.headers['retry-after']) > 0)
    }
    assert.equal((await request(api.url).post(`${body.links.self}/cancel`)).status, 202)
    await api.stores.redis.config('SET', 'maxmemory', '0')
    await readiness(200)
    assert.equal((await submit('without room')).status, 201)
  })

  it('one that fills up during an upload stores nothing and asks the client to try again', async () => {
    await readiness(200)
    await api.stores.redis.config('SET', 'maxmemory', '1')
    const refused = await uploadModel()
    assert.deepEqual([refused.status, refused.body.code], [503, 'unavailable'], refused.text)
    await api.stores.redis.config('SET', 'maxmemory', '0')
    const { data } = (await request(api.url).get('/v1/models?limit=200')).body
    assert.ok(data.every(({ id }: { id: string }) => !id.startsWith('model_')))
  })

  it('one that cannot write to its disk says so, not that it does not answer', async () => {
    await readiness(200)
    const acceptWrites = await refuseWrites(api.stores.redis)
    const { body } = await readiness(503)
    assert.equal(body.detail, 'The job store cannot be written to: its disk is full or failing.')
    const refused = await submit('on a full disk')
    assert.deepEqual(
      [refused.status, refused.body.detail],
      [503, 'The job store accepts no writes at the moment; try again.'],
    )
    await acceptWrites()
    await readiness(200)
  })

  it('a broken connection is no reason to make a job twice', async () => {
    const keys = Array.from({ length: 200 }, (_, i) => `broken ${i}`)
    const killer = await api.stores.duplicate()
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
    const stored = await api.stores.redis.zcard('thresher:jobs')
    assert.equal(stored, keys.length + 4)
  })
})
