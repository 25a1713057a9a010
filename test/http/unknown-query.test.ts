import assert from 'node:assert/strict'
import { test } from 'node:test'
import request from 'supertest'
import { startApi } from '#test/support/start-api.ts'

test('a write with a query parameter that its route does not have is refused, and changes nothing', async t => {
  const api = await startApi()
  t.after(() => api.stop())
  const body = {
    base: { model: { preset: 'mnist-mlp' }, epochs: 1 },
    search: { method: 'grid' },
    space: { 'optimizer.c': [0.001] },
  }
  const refused = await request(api.url).post('/v1/sweeps').query({ dryRun: true }).send(body)
  assert.equal(refused.status, 400)
  assert.equal(refused.body.errors[0].path, 'dryRun')
  assert.deepEqual((await request(api.url).get('/v1/sweeps')).body.data, [])
  assert.equal((await request(api.url).post('/v1/tickets').query({ dryRun: true })).status, 400)
})
