import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { get as httpGet } from 'node:http'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { WebSocket } from 'ws'
import { type Api, startApi } from '#test/support/start-api.ts'

const KEY = 'thr_test_0123456789abcdef'
const UNDOCUMENTED = ['/openapi.json', '/asyncapi.json', '/docs', '/docs/', '/docs/static/index.html']

describe('with a key', () => {
  let api: Api
  before(async () => {
    api = await startApi({ adminKey: KEY })
  })
  after(() => api.stop())

  it('the pages that describe the service are public, and what does not exist is not', async () => {
    for (const path of UNDOCUMENTED)
      for (const method of ['GET', 'HEAD']) {
        const answer = await fetch(api.url + path, { method })
        assert.equal(answer.status, 200, `${method} ${path}`)
        assert.match(answer.headers.get('content-type')!, path.endsWith('.json') ? /json/ : /html/)
        assert.equal((await answer.text()).length > 0, method === 'GET')
      }
    for (const path of ['/v1/unknown', '/docs/../v1/jobs', '/healthz/', '//healthz', '/documents'])
      assert.equal((await fetch(api.url + path)).status, 401, path)
  })

  it('the public routes answer on every host name, as a balancer of load asks for them', async () => {
    for (const path of ['/healthz', '/readyz'])
      for (const method of ['get', 'head'] as const)
        assert.equal((await request(api.url)[method](path).set('host', 'thresher.example')).status, 200)
  })

  it('the right one opens, a wrong one does not', async () => {
    const get = (authorization: string) => request(api.url).get('/v1/jobs').set({ authorization })
    assert.equal((await get(`Bearer ${KEY}`)).status, 200)
    const refused = await get(`Bearer ${KEY}x`)
    assert.deepEqual([refused.status, refused.body.code], [401, 'unauthenticated'])
    assert.equal((await get(`Basic ${KEY}`)).status, 401)
  })

  it('two of them are refused, also if one is right', async () => {
    const statusWith = async (headers: string[]) => {
      const [response] = await once(httpGet(`${api.url}/v1/jobs`, { headers }), 'response')
      response.resume()
      return response.statusCode
    }
    const right = ['Authorization', `Bearer ${KEY}`]
    const host = ['Host', new URL(api.url).host]
    assert.equal(await statusWith([...host, ...right]), 200)
    assert.equal(await statusWith([...host, ...right, 'authorization', 'Bearer other']), 401)
  })

  it('a WebSocket without it is refused at the upgrade', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/jobs/job_x/stream`)
    const [, response] = await once(socket, 'unexpected-response')
    assert.equal(response.statusCode, 401)
    const allowed = new WebSocket(`${api.url.replace('http', 'ws')}/v1/jobs/job_x/stream`, {
      headers: { authorization: `Bearer ${KEY}` },
    })
    assert.equal((await once(allowed, 'close'))[0], 4404)
  })
})

describe('without a key', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  it('only loopback names are answered, and no foreign origin on any method', async () => {
    const get = (headers: Record<string, string>) => request(api.url).get('/v1/jobs').set(headers)
    const post = (headers: Record<string, string>) => request(api.url).post('/v1/jobs').set(headers).send({})
    assert.equal((await get({ host: 'rebound.example' })).status, 403)
    assert.equal((await get({ host: 'localhost:3000' })).status, 200)
    assert.equal((await get({ origin: 'https://evil.example' })).status, 403)
    assert.equal((await post({ origin: 'https://evil.example' })).status, 403)
    assert.equal((await get({ origin: api.url })).status, 200)
  })

  it('a foreign page cannot open a WebSocket', async () => {
    const url = `${api.url.replace('http', 'ws')}/v1/jobs/job_x/stream`
    const socket = new WebSocket(url, { origin: 'https://evil.example' })
    const [, response] = await once(socket, 'unexpected-response')
    assert.equal(response.statusCode, 403)
  })

  it('the api refuses to listen where others could reach it, and names ADMIN_KEY', () => {
    const env = { ...process.env, HOST: '0.0.0.0', PORT: '0', REDIS_URL: api.redisUrl, ADMIN_KEY: undefined }
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
      env,
      encoding: 'utf8',
    })
    assert.equal(status, 1)
    assert.match(stdout, /ADMIN_KEY/)
  })
})

describe('health', () => {
  it('stays up while readiness falls with Redis, and requests say 503', async () => {
    const api = await startApi()
    try {
      assert.equal((await request(api.url).get('/readyz')).status, 200)
      await api.stopRedis()
      const ready = await request(api.url).get('/readyz')
      assert.deepEqual(
        [ready.status, ready.body.code, ready.headers['retry-after']],
        [503, 'unavailable', '5'],
      )
      assert.equal((await request(api.url).get('/v1/jobs')).status, 503)
      assert.equal((await request(api.url).get('/healthz')).status, 200)
    } finally {
      await api.stop()
    }
  })
})
