import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pino from 'pino'
import request from 'supertest'
import { operationsOf } from '#test/support/operations.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import type { AuditRecord } from '#usage/audit-record.ts'

const KEY = 'a-key-that-is-long-enough'
const JOB = { model: { preset: 'mnist-mlp' } }

describe('the audit records', () => {
  let api: Api
  const lines: string[] = []
  let alice: { id: string; secret: string }
  let reader: { id: string; secret: string }
  before(async () => {
    const logger = pino({ level: 'error' }, { write: line => lines.push(line) })
    api = await startApi({ adminKey: KEY, logger })
    alice = await createKey({ name: 'alice', tenant: 'vision', scopes: ['admin'] })
    reader = await createKey({ name: 'reader', tenant: 'vision', scopes: ['read'] })
  })
  after(() => api.stop())

  const send = (method: 'post' | 'get' | 'delete' | 'patch', path: string, key = KEY) =>
    request(api.url)
      [method](path)
      .set({ authorization: `Bearer ${key}`, 'user-agent': 'a test' })
  async function createKey(body: object) {
    const { body: key } = await send('post', '/v1/keys').send(body)
    return { id: key.id as string, secret: key.key as string }
  }
  async function list(query: object = {}, key = KEY): Promise<AuditRecord[]> {
    return (await send('get', '/v1/audit', key).query(query)).body.data
  }
  const withoutTime = ({ id: _, time: __, requestId: ___, ...rest }: AuditRecord) => rest

  it('are none before 1970, or before any other time of no records', async () => {
    for (const to of ['1969-12-31', '1970-01-01', '0020-02-29T00:00:00Z']) {
      const { status, body } = await send('get', '/v1/audit').query({ to })
      assert.deepEqual([status, body.data], [200, []], to)
    }
  })

  it('name who did what, where, from where and with which result, and the request', async () => {
    const { body: job } = await send('post', '/v1/jobs?dryRun=false').send(JOB)
    const [record] = await list()
    assert.deepEqual(withoutTime(record!), {
      tenant: 'default',
      keyId: 'admin',
      operation: 'createJob',
      method: 'POST',
      path: '/v1/jobs',
      targetId: job.id,
      status: 201,
      address: '127.0.0.1',
      userAgent: 'a test',
    })
    const { body: refused } = await send('delete', `/v1/jobs/${job.id}`)
    const [last] = await list()
    assert.deepEqual(
      [last!.operation, last!.targetId, last!.status, last!.code, last!.requestId],
      ['deleteJob', job.id, 409, 'conflict', refused.requestId],
    )
    assert.match(last!.requestId, /^[0-9a-f-]{36}$/)
  })

  it('are made for every refused write, also for a key with too small a scope and an unknown route', async () => {
    await send('post', '/v1/jobs', alice.secret).send({ epochs: -1 })
    await send('post', '/v1/jobs', reader.secret).send(JOB)
    await send('patch', '/v1/nothing', alice.secret)
    const records = await list({ limit: 3 }, alice.secret)
    assert.deepEqual(
      records.map(({ keyId, operation, path, status, code }) => [keyId, operation, path, status, code]),
      [
        [alice.id, undefined, '/v1/nothing', 404, 'not_found'],
        [reader.id, 'createJob', '/v1/jobs', 403, 'forbidden'],
        [alice.id, 'createJob', '/v1/jobs', 400, 'invalid_request'],
      ],
    )
  })

  it('take at most about 1,000 bytes each, and contain no characters that change how they are shown', async () => {
    const { redis } = api.stores
    const post = (path: string) =>
      request(api.url)
        .post(path)
        .set({ authorization: `Bearer ${alice.secret}`, 'user-agent': 'é"\\'.repeat(900) })
    const { status } = await post(`/v1/jobs/${encodeURIComponent('\u202e\n'.repeat(80))}/cancel`)
    assert.equal(status, 404)
    await post(`/v1/${'~"'.repeat(2000)}`)
    const entries = await redis.xrevrange('thresher:@vision:audit', '+', '-', 'COUNT', 2)
    const [unknown, cancel] = entries.map(([, [, text]]) => text!)
    for (const text of [unknown!, cancel!]) assert.ok(Buffer.byteLength(text) <= 1000, text)
    assert.match(JSON.parse(cancel!).targetId, /^\ufffd+$/)
    assert.equal(JSON.parse(unknown!).targetId, undefined)
  })

  it('are made for every operation of the contract that needs more than the scope `read`, and for no other', async () => {
    const { operations, document } = await operationsOf(api.url)
    for (const { name, method, path, scope, isSocket } of operations) {
      if (isSocket) continue
      const [before] = await list({ limit: 1 })
      // No record has this id.
      const url = api.url + path.replace(/\{\w+\}/g, 'none')
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
      const { status } = await fetch(url, {
        method,
        headers,
        ...(method !== 'GET' && method !== 'HEAD' && { body: '{}' }),
      })
      const isWrite = !['GET', 'HEAD'].includes(method) && scope !== 'read'
      const [last] = await list({ limit: 1 })
      assert.equal(last?.id !== before?.id, isWrite, `${name} answered ${status}`)
      if (!isWrite) continue
      assert.equal(last!.operation, document.paths[path][method.toLowerCase()].operationId)
      assert.equal(last!.status, status)
    }
  })

  it('are not made for reads, dry runs and predictions', async () => {
    const before = await list({ limit: 200 })
    await send('get', '/v1/jobs')
    await send('post', '/v1/jobs?dryRun=true').send(JOB)
    await send('post', '/v1/jobs/job_x/predict').send({ inputs: [] })
    assert.deepEqual(await list({ limit: 200 }), before)
  })

  it('of failed authentications name no caller and contain no secret', async () => {
    await send('get', '/v1/jobs?ticket=a-secret-ticket', 'thr_a-secret-key')
    assert.equal((await request(api.url).post('/v1/jobs')).status, 401)
    const [record] = await list({ failedAuthentications: 'true' })
    assert.deepEqual(withoutTime(record!), {
      operation: 'listJobs',
      method: 'GET',
      path: '/v1/jobs',
      status: 401,
      code: 'unauthenticated',
      address: '127.0.0.1',
      userAgent: 'a test',
    })
    const stored = JSON.stringify(await list({ limit: 200 }))
    assert.ok(!stored.includes(alice.secret) && !stored.includes(KEY))
  })

  it('are listed for admins of the tenant, and for the operator of every tenant', async () => {
    assert.equal((await send('get', '/v1/audit', reader.secret)).status, 403)
    assert.ok((await list({}, alice.secret)).every(({ tenant }) => tenant === 'vision'))
    assert.deepEqual(await list({ tenant: 'vision' }), await list({}, alice.secret))
    const statusOf = async (query: object) =>
      (await send('get', '/v1/audit', alice.secret).query(query)).status
    assert.equal(await statusOf({ tenant: 'default' }), 404)
    assert.equal(await statusOf({ failedAuthentications: 'true' }), 403)
  })

  it('can be filtered, and come in pages, newest first', async () => {
    for (let index = 0; index < 3; index++) await send('post', '/v1/jobs').send(JOB)
    await send('post', '/v1/nothing')
    const all = await list({ operation: 'createJob', limit: 200 })
    assert.ok(all.length >= 3 && all.every(({ operation }) => operation === 'createJob'))
    assert.deepEqual(
      all.map(({ id }) => id),
      all
        .map(({ id }) => id)
        .toSorted()
        .reverse(),
    )
    const paged: AuditRecord[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const query = { operation: 'createJob', limit: 1, ...(after && { after }) }
      const { body } = await send('get', '/v1/audit').query(query)
      paged.push(...body.data)
      after = body.nextAfter
    }
    assert.deepEqual(paged, all)
    assert.deepEqual(await list({ keyId: 'key_unknown' }), [])
    const [newest, older] = all
    assert.deepEqual(await list({ from: newest!.time, operation: 'createJob' }), [newest])
    assert.equal((await list({ to: newest!.time, operation: 'createJob' }))[0]!.id, older!.id)
  })

  it('refuse filters that they do not have', async () => {
    for (const [path, query] of [
      ['after', { after: 'job_x' }],
      ['from', { from: 'yesterday' }],
      ['user', { user: 'alice' }],
    ] as const) {
      const { status, body } = await send('get', '/v1/audit').query(query)
      assert.deepEqual([status, body.errors?.[0]?.path], [400, path])
    }
  })

  it('that cannot be stored are in the log, and the answer is sent', async () => {
    const { redis } = api.stores
    await redis.rename('thresher:audit', 'thresher:audit:kept')
    await redis.set('thresher:audit', 'not a stream')
    try {
      assert.equal((await send('post', '/v1/jobs').send(JOB)).status, 201)
    } finally {
      await redis.rename('thresher:audit:kept', 'thresher:audit')
    }
    const logged = lines.map(line => JSON.parse(line)).find(({ audit }) => audit)
    assert.equal(logged.audit.operation, 'createJob')
  })
})

describe('old audit records', () => {
  it('are neither listed nor kept', async () => {
    const api = await startApi()
    try {
      const { redis, audit } = api.stores
      const days = (count: number) => Date.now() - count * 24 * 3600 * 1000
      const record = JSON.stringify({ tenant: 'default', method: 'POST' })
      for (const time of [days(91), days(89)]) await redis.xadd('thresher:audit', time, 'record', record)
      assert.equal((await audit.list({ tenant: 'default', limit: 10 })).records.length, 1)
      await audit.trim('default')
      assert.equal(await redis.xlen('thresher:audit'), 1)
    } finally {
      await api.stop()
    }
  })
})
