import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import pino from 'pino'
import request from 'supertest'
import { WebSocket } from 'ws'
import type { RateLimits } from '#http/rate-limits.ts'
import { createApp } from '#src/app.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const KEY = 'a-key-that-is-long-enough'
const UNLIMITED: RateLimits = { address: 0, failedAuthentications: 0, reads: 0, submissions: 0 }
/** A window that no test outlasts. */
const WINDOW = { windowSeconds: 3600 }

const apiWith = (limits: Partial<RateLimits>, more: object = {}) =>
  startApi({ rateLimits: { ...UNLIMITED, ...WINDOW, ...limits }, ...more })

/** An api whose clients come from the addresses in `X-Forwarded-For`. */
const proxiedApi = (limits: Partial<RateLimits>) =>
  apiWith(limits, { adminKey: KEY, trustProxy: ['127.0.0.1', '::1'] })

const get = (api: { url: string }, path: string, headers: Record<string, string> = {}) =>
  request(api.url).get(path).set(headers)
const withKey = { authorization: `Bearer ${KEY}` }
const from = (address: string) => ({ 'x-forwarded-for': address })

describe('the limit of a key', () => {
  let api: Api
  before(async () => {
    api = await apiWith({ reads: 2, submissions: 1 })
  })
  after(() => api.stop())

  it('counts reads and submissions apart, and answers 429 with Retry-After beyond', async () => {
    const first = await get(api, '/v1/jobs')
    assert.equal(first.headers['ratelimit-policy'], '"read";q=2;w=3600')
    assert.match(first.headers.ratelimit!, /^"read";r=1;t=\d+$/)
    const { headers } = await get(api, '/v1/jobs')
    assert.match(headers.ratelimit!, /^"read";r=0;t=\d+$/)
    const { status, body, headers: last } = await get(api, '/v1/workers')
    assert.deepEqual([status, body.code], [429, 'rate_limited'])
    assert.equal(last['retry-after'], /t=(\d+)$/.exec(last.ratelimit!)![1])
    const post = () =>
      request(api.url)
        .post('/v1/jobs')
        .send({ model: { preset: 'mnist-mlp' } })
    assert.equal((await post()).status, 201)
    const refused = await post()
    assert.equal(refused.status, 429)
    assert.match(refused.headers.ratelimit!, /^"submit";r=0;t=\d+$/)
    assert.equal(await api.stores.redis.zcard('thresher:jobs'), 1)
  })

  it('holds for all api processes together', async () => {
    const other = await createApp(api.stores, api.children, {
      rateLimits: { ...UNLIMITED, ...WINDOW, reads: 2 },
    })
    const { statusCode } = await other.inject({ url: '/v1/jobs', headers: { host: 'localhost' } })
    await other.close()
    assert.equal(statusCode, 429)
  })

  it('does not apply to the checks of health and readiness', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const { status, headers } = await get(api, path)
      assert.deepEqual([status, headers.ratelimit], [200, undefined])
    }
  })
})

describe('the limit of an address', () => {
  it('counts every request before authentication, also those for unknown routes and records', async () => {
    const api = await proxiedApi({ address: 4, reads: 9 })
    try {
      const ask = (path: string, headers: object) => get(api, path, { ...headers, ...from('198.51.100.7') })
      assert.equal((await ask('/v1/unknown', withKey)).status, 404)
      assert.equal((await ask('/v1/jobs/job_x', withKey)).status, 404)
      assert.equal((await ask('/v1/jobs', {})).status, 401)
      const last = await ask('/v1/jobs', withKey)
      assert.equal(last.status, 200)
      assert.equal(last.headers['ratelimit-policy'], '"address";q=4;w=3600, "read";q=9;w=3600')
      assert.match(last.headers.ratelimit!, /^"address";r=0;t=\d+, "read";r=6;t=\d+$/)
      for (const [path, headers] of [
        ['/v1/jobs', withKey],
        ['/v1/jobs', {}],
        ['/nowhere', {}],
        ['/docs', {}],
      ] as const)
        assert.equal((await ask(path, headers)).status, 429)
      assert.equal((await get(api, '/v1/jobs', { ...withKey, ...from('198.51.100.8') })).status, 200)
    } finally {
      await api.stop()
    }
  })

  it('counts the upgrade to a WebSocket', async () => {
    const api = await apiWith({ address: 1 })
    try {
      const url = `${api.url.replace('http', 'ws')}/v1/stream`
      const open = new WebSocket(url)
      await once(open, 'open')
      const [, response] = await once(new WebSocket(url), 'unexpected-response')
      assert.equal(response.statusCode, 429)
      assert.ok(Number(response.headers['retry-after']) > 0)
      open.terminate()
    } finally {
      await api.stop()
    }
  })

  it('counts an IPv6 network of 64 bits as one address', async () => {
    const api = await proxiedApi({ address: 1 })
    try {
      const statusFrom = async (address: string) => (await get(api, '/docs', from(address))).status
      assert.equal(await statusFrom('2001:db8:0:1::1'), 200)
      assert.equal(await statusFrom('2001:db8:0:1:ffff::2'), 429)
      assert.equal(await statusFrom('2001:db8:0:2::1'), 200)
    } finally {
      await api.stop()
    }
  })

  it('ignores X-Forwarded-For, except from a trusted proxy', async () => {
    const api = await apiWith({ address: 1 }, { adminKey: KEY, trustProxy: ['198.51.100.0/24'] })
    try {
      assert.equal((await get(api, '/docs', from('203.0.113.1'))).status, 200)
      assert.equal((await get(api, '/docs', from('203.0.113.2'))).status, 429)
    } finally {
      await api.stop()
    }
  })
})

describe('failed authentication', () => {
  it('refuses all requests of the address that need a key once there are too many, and no others', async () => {
    const api = await proxiedApi({ failedAuthentications: 3 })
    try {
      const ask = (headers: object, path = '/v1/jobs') =>
        get(api, path, { ...headers, ...from('198.51.100.7') })
      const wrong = [{ authorization: 'Bearer wrong' }, { authorization: 'Basic x' }, { authorization: '' }]
      // A request without a credential guesses none.
      for (const headers of [...Array(4).fill({}), ...wrong]) assert.equal((await ask(headers)).status, 401)
      const refused = await ask(withKey)
      assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited'])
      assert.match(refused.headers.ratelimit!, /^"failed-authentication";r=0;t=\d+$/)
      assert.ok(Number(refused.headers['retry-after']) > 0)
      assert.equal((await ask({}, '/docs')).status, 200)
      assert.equal((await get(api, '/v1/jobs', { ...withKey, ...from('198.51.100.8') })).status, 200)
    } finally {
      await api.stop()
    }
  })
})

describe('a bad ticket', () => {
  it('counts as failed authentication', async () => {
    const api = await apiWith({ failedAuthentications: 2 }, { adminKey: KEY })
    try {
      const url = `${api.url.replace('http', 'ws')}/v1/stream?ticket=wrong`
      for (let index = 0; index < 2; index++) {
        const [code] = await once(new WebSocket(url), 'close')
        assert.equal(code, 4401)
      }
      const [, response] = await once(new WebSocket(url), 'unexpected-response')
      assert.equal(response.statusCode, 429)
      assert.equal((await get(api, '/v1/jobs', withKey)).status, 429)
    } finally {
      await api.stop()
    }
  })
})

describe('without an answer from Redis', () => {
  const limits = { address: 1, failedAuthentications: 1, reads: 1 }
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: line => lines.push(line) })
  const logged = () => lines.filter(line => line.includes('rate limits do not apply'))

  it('requests are answered without limits while Redis is stopped, and the log has one line', async () => {
    const api = await apiWith(limits, { logger })
    try {
      await api.stopRedis()
      for (let i = 0; i < 3; i++) {
        const { status, headers } = await get(api, '/docs')
        assert.deepEqual([status, headers.ratelimit], [200, undefined])
      }
      assert.equal(logged().length, 1)
    } finally {
      await api.stop()
    }
  })

  it('requests do not wait for a Redis that hangs', async () => {
    const api = await apiWith(limits)
    const [, pid] = /process_id:(\d+)/.exec(await api.stores.redis.info('server'))!
    process.kill(Number(pid), 'SIGSTOP')
    try {
      assert.equal((await get(api, '/docs')).status, 200)
      assert.equal((await get(api, '/docs')).status, 200)
    } finally {
      process.kill(Number(pid), 'SIGCONT')
      await api.stop()
    }
  })
})
