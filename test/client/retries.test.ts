import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  AuthenticationError,
  ConnectionError,
  LimitError,
  NotFoundError,
  ServiceError,
  Thresher,
  ThresherError,
} from '@thresher/client'
import {
  answer,
  broken,
  problem,
  type Step,
  stalled,
  startScriptedServer,
  truncated,
} from '#test/support/scripted-server.ts'

const JOB = { model: { preset: 'mnist-mlp' } } as const
const AT_ONCE = { 'retry-after': '0' }
const page = answer(200, { data: [], hasMore: false, nextAfter: null })
const unavailable = problem(503, 'unavailable', AT_ONCE)

/** A client of a server that answers as the steps say, until the end of the test. */
async function clientOf(t: TestContext, ...steps: Step[]) {
  const server = await startScriptedServer(...steps)
  t.after(() => server.close())
  return { client: new Thresher({ url: server.url }), server }
}

describe('a request that may be repeated', () => {
  for (const [failure, steps] of [
    ['503', [unavailable, unavailable]],
    ['502 and 504 of a proxy', [answer(502, {}, AT_ONCE), answer(504, {}, AT_ONCE)]],
    ['429 with Retry-After', [problem(429, 'rate_limited', AT_ONCE)]],
    ['a reset connection', [broken]],
    ['a truncated body', [truncated]],
  ] as const)
    it(`is sent again after ${failure}`, async t => {
      const { client, server } = await clientOf(t, ...steps, page)
      assert.deepEqual((await client.jobs.list()).data, [])
      assert.equal(server.requests.length, steps.length + 1)
    })

  it('is sent again when there is no answer in time', async t => {
    const { client, server } = await clientOf(t, stalled, page)
    assert.deepEqual((await client.jobs.list({}, { timeoutMs: 100 })).data, [])
    assert.equal(server.requests.length, 2)
  })

  it('fails after two retries with the error of the last one', async t => {
    const { client, server } = await clientOf(t, unavailable)
    await assert.rejects(client.jobs.get('job_1'), ServiceError)
    assert.equal(server.requests.length, 3)
  })

  it('is sent as often as the option `retries` says', async t => {
    const { client, server } = await clientOf(t, unavailable)
    await assert.rejects(client.jobs.get('job_1', { retries: 4 }), ServiceError)
    await assert.rejects(client.jobs.get('job_1', { retries: 0 }), ServiceError)
    assert.equal(server.requests.length, 5 + 1)
  })

  it('has the same idempotency key in every attempt, and another one in the next call', async t => {
    const { client, server } = await clientOf(t, broken, unavailable, answer(201, { id: 'job_1' }))
    await client.jobs.create(JOB)
    await client.jobs.create(JOB)
    await client.jobs.create(JOB, { idempotencyKey: 'mine' })
    const keys = server.requests.map(({ headers }) => headers['idempotency-key'])
    assert.equal(new Set(keys.slice(0, 3)).size, 1)
    assert.match(keys[0] as string, /^[0-9a-f]{32}$/)
    assert.notEqual(keys[3], keys[0])
    assert.equal(keys[4], 'mine')
  })

  it('ends when its signal is aborted during the pause', async t => {
    const { client, server } = await clientOf(t, problem(503, 'unavailable', { 'retry-after': '50' }))
    const stop = new AbortController()
    const getting = client.jobs.get('job_1', { signal: stop.signal })
    while (server.requests.length === 0) await new Promise(setImmediate)
    setTimeout(() => stop.abort(new Error('no longer needed')), 50)
    await assert.rejects(getting, /no longer needed/)
  })

  it('that deletes succeeds if the first answer was lost and the record is gone', async t => {
    const { client } = await clientOf(t, broken, problem(404, 'not_found'))
    await client.jobs.delete('job_1')
    await assert.rejects(client.jobs.delete('job_1'), NotFoundError)
  })
})

describe('a request that is not sent again', () => {
  for (const [reason, error, step] of [
    ['the client must change it', AuthenticationError, problem(401, 'unauthenticated')],
    ['the quota does not free by itself', LimitError, problem(429, 'quota_exceeded')],
    ['the service asks for more than a minute', LimitError, problem(429, 'x', { 'retry-after': '61' })],
  ] as const)
    it(`because ${reason}`, async t => {
      const { client, server } = await clientOf(t, step, page)
      await assert.rejects(async () => await client.jobs.list(), error)
      assert.equal(server.requests.length, 1)
    })

  it('because a second one would make a second record', async t => {
    const { client, server } = await clientOf(t, broken)
    await assert.rejects(client.keys.create({ name: 'ci', scopes: ['read'] }), ConnectionError)
    assert.equal(server.requests.length, 1)
  })
})

describe('an error', () => {
  it('has the time to wait, from seconds or from a date', async t => {
    const { client } = await clientOf(
      t,
      problem(429, 'rate_limited', { 'retry-after': '7' }),
      problem(429, 'rate_limited', { 'retry-after': 'Thu, 01 Jan 2099 00:00:00 GMT' }),
      problem(429, 'rate_limited', { 'retry-after': 'soon' }),
    )
    const waits: number[] = []
    for (let i = 0; i < 3; i++)
      await client.jobs.get('job_1', { retries: 0 }).catch(error => waits.push(error.retryAfterMs))
    assert.equal(waits[0], 7000)
    assert.ok(Math.abs(waits[1]! - (Date.UTC(2099) - Date.now())) < 60_000)
    assert.equal(waits[2], undefined)
  })

  it('has a problem even if a proxy answers with a page', async t => {
    const proxy: Step = response => void response.writeHead(502).end('<h1>Bad Gateway</h1>')
    const { client } = await clientOf(t, proxy)
    await assert.rejects(client.jobs.get('job_1', { retries: 0 }), {
      name: 'ServiceError',
      status: 502,
      code: 'unknown',
      message: 'The service answered 502 Bad Gateway.',
    })
  })

  it('explains an address of another server', async t => {
    const { client } = await clientOf(t, response => void response.end('<h1>Welcome</h1>'))
    await assert.rejects(client.jobs.get('job_1'), (error: Error) => {
      assert.equal(error.constructor, ThresherError)
      assert.match(error.message, /is not JSON. Is this the address of a Thresher service\?$/)
      return true
    })
  })
})

it('a client needs the whole address of a service', () => {
  for (const url of ['', '/v1', 'localhost:3000', 'ftp://thresher.example'])
    assert.throws(() => new Thresher({ url }), /^ThresherError: url must be the address of a service/)
})

describe('a path', () => {
  it('has its ids encoded', async t => {
    const { client, server } = await clientOf(t, answer(200, {}))
    await client.jobs.get('a/../b?c=d#e')
    await client.models.get('digits@3')
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      ['/v1/jobs/a%2F..%2Fb%3Fc%3Dd%23e', '/v1/models/digits%403'],
    )
  })

  it('never names another path', async t => {
    const { client, server } = await clientOf(t, answer(200, {}))
    for (const id of ['.', '..']) await assert.rejects(client.jobs.delete(id), / is not a normalized path\.$/)
    assert.equal(server.requests.length, 0)
  })
})
