import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { Children } from '#children/open-children.ts'
import { AppError, ERROR_CATALOGUE, type ErrorCode } from '#domain/error.ts'
import { routeConfig } from '#http/route-config.ts'
import { createApp } from '#src/app.ts'
import type { Stores } from '#stores/connect.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

describe('every refusal is problem+json', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  it('with status, code, detail and the request id', async () => {
    const answers = {
      not_found: await request(api.url).get('/v1/nothing'),
      method_not_allowed: await request(api.url).put('/v1/jobs').send({}),
      upgrade_required: await request(api.url).get('/v1/jobs/job_x/stream'),
      malformed_body: await request(api.url).post('/v1/jobs').type('json').send('{'),
      unsupported_media_type: await request(api.url).post('/v1/jobs').type('text/plain').send('x'),
      invalid_request: await request(api.url).get(`/v1/jobs?limit=many`),
    }
    for (const [code, { status, headers, body }] of Object.entries(answers)) {
      assert.match(headers['content-type']!, /^application\/problem\+json/, code)
      assert.deepEqual([body.code, body.status], [code, status])
      for (const key of ['type', 'title', 'detail', 'requestId'])
        assert.equal(typeof body[key], 'string', key)
    }
    assert.equal(answers.method_not_allowed.headers.allow, 'GET, POST')
  })

  it('for each code of the catalogue, with its status and its title, without the cause of a 5xx', async () => {
    const app = await createApp({} as Stores, {} as Children, {})
    const config: object = routeConfig({ public: true })
    app.get<{ Params: { code: ErrorCode } }>('/refuse/:code', { config }, ({ params: { code } }) => {
      throw new AppError(code, 'in short', { cause: new Error('secret'), headers: { 'x-kept': code } })
    })
    app.get('/fall', { config }, () => {
      throw new Error('secret')
    })
    for (const [code, { status, title }] of Object.entries(ERROR_CATALOGUE)) {
      const answer = await app.inject({ url: `/refuse/${code}`, headers: { host: 'localhost' } })
      const { requestId, ...problem } = answer.json()
      const type = `/docs#${code}`
      assert.deepEqual(problem, { type, title, status, detail: 'in short', code, errors: [] })
      assert.deepEqual([answer.statusCode, answer.headers['x-kept']], [status, code])
      assert.equal(typeof requestId, 'string')
    }
    const fallen = await app.inject({ url: '/fall', headers: { host: 'localhost' } })
    assert.deepEqual([fallen.statusCode, fallen.json().code], [500, 'internal'])
    assert.ok(!fallen.body.includes('secret'))
    await app.close()
  })

  it('about the route before the body, whatever its form', async () => {
    const { hostname, port } = new URL(api.url)
    const socket = connect(Number(port), hostname)
    socket.write('QUERY /v1/workers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    const answer = await text(socket)
    assert.match(answer, /^HTTP\/1\.1 405 /)
    assert.match(answer, /^allow: GET\r$/im)
    await request(api.url).post('/v1/nothing').type('text/plain').send('x').expect(404)
  })

  it('that describes the valid values: names, bodies of actions, cursors, checkpoints', async () => {
    const post = (path: string, body: string) =>
      request(api.url).post(path).type('application/json').send(body)
    const job = (fields: string) => `{"model": {"preset": "mnist-mlp"}${fields}}`
    const { body: submitted } = await post('/v1/jobs', job('')).expect(201)
    const self = `/v1/jobs/${submitted.id}`
    for (const [answer, where, message] of [
      [post('/v1/jobs', job(', "__proto__": {}')), '__proto__', /^is not allowed as a name$/],
      [post('/v1/jobs', job(', "name": "a\\u0000"')), 'name', /control characters/],
      [post('/v1/jobs', job(', "name": "a\\ud800"')), 'name', /lone surrogates/],
      [post('/v1/jobs', job(', "init": {}')), 'init.jobId', /^give `jobId` or `modelId`, not both$/],
      [post('/v1/jobs', '{"model": {"topology": null}}'), 'model.topology', /include=topology/],
      [post('/v1/datasets', '{}'), 'folder', /multipart\/form-data with a part `spec` and parts `file`/],
      [post(`${self}/cancel`, '{"a": 1}'), 'a', /is not a field here/],
      [post(`${self}/pause`, '[]'), '', /must be an object, not a list/],
      [post(`${self}/resume`, '{"a": 1}'), 'a', /is not a field here/],
      [
        request(api.url).get(`${self}/artifacts/metrics.csv?checkpoint=zz`),
        'checkpoint',
        /^must be "best", "latest" or the number of an epoch$/,
      ],
      [request(api.url).get('/v1/models?after=x'), 'after', /not a cursor/],
      [request(api.url).get('/v1/datasets?after=model_x'), 'after', /not a cursor/],
    ] as const) {
      const { status, body } = await answer
      assert.deepEqual([status, body.errors[0]?.path], [400, where], JSON.stringify(body))
      assert.match(body.errors[0].message, message)
    }
    await post(`${self}/pause`, '{}').expect(202)
    await post(`${self}/resume`, '').expect(202)
    await request(api.url).post(`${self}/cancel`).expect(202)
    const latest = await request(api.url).get(`${self}/artifacts/metrics.csv?checkpoint=latest`)
    assert.equal(latest.status, 200)
  })

  it('even when the request is not HTTP', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    socket.end('nonsense\r\n\r\n')
    const chunks: Buffer[] = []
    socket.on('data', chunk => chunks.push(chunk))
    await once(socket, 'close')
    const text = Buffer.concat(chunks).toString()
    assert.match(text, /^HTTP\/1.1 400 /)
    assert.match(text, /application\/problem\+json/)
    assert.equal(JSON.parse(text.slice(text.indexOf('{'))).code, 'invalid_request')
  })

  it('whose code is true when the fault is in HTTP itself', async () => {
    const { port } = new URL(api.url)
    const answerTo = async (head: string) => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.write(`${head}\r\nConnection: close\r\n\r\n`)
      const answer = await text(socket)
      assert.match(answer, /application\/problem\+json/i, head.slice(0, 80))
      const body = answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)
      return [Number(answer.split(' ')[1]), JSON.parse(body).code]
    }
    const host = 'Host: localhost'
    const websocket = `${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13`
    for (const [head, ...expected] of [
      [`GET /v1/jobs HTTP/1.1\r\n${host}\r\nX: ${'x'.repeat(20_000)}`, 431, 'headers_too_large'],
      [`GET /v1/jobs?x=${'x'.repeat(20_000)} HTTP/1.1\r\n${host}`, 414, 'address_too_long'],
      [`GET /v1/jobs/${'x'.repeat(600)} HTTP/1.1\r\n${host}`, 404, 'not_found'],
      [`GET /v1/jobs/%zz HTTP/1.1\r\n${host}`, 404, 'not_found'],
      [`GET /v1/jobs HTTP/1.1\r\n${host}\r\nExpect: nonsense`, 417, 'expectation_failed'],
      ['GET /v1/jobs HTTP/1.1', 400, 'invalid_request'],
      [`GET /v1/stream HTTP/1.1\r\n${websocket}\r\nSec-WebSocket-Key: short`, 400, 'invalid_request'],
    ] as const)
      assert.deepEqual(await answerTo(head), expected, head.slice(0, 80))
  })

  it('for bodies in another encoding than UTF-8', async () => {
    const post = () => request(api.url).post('/v1/jobs')
    const body = JSON.stringify({ model: { preset: 'mnist-mlp' } })
    for (const answer of [
      await post().set('content-type', 'application/json; charset=utf-16').send(body),
      await post().set('content-type', 'application/json').set('content-encoding', 'gzip').send(body),
    ])
      assert.deepEqual([answer.status, answer.body.code], [415, 'unsupported_media_type'])
    await post().set('content-type', 'application/json; charset="UTF-8"').send(body).expect(201)
  })

  it('lists a hundred mistakes at most, and the number of the others', async () => {
    const strange = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`field${index}`, 1]))
    const { status, body } = await request(api.url)
      .post('/v1/jobs')
      .send({ model: { preset: 'mnist-mlp' }, ...strange })
    assert.deepEqual([status, body.errors.length], [400, 101])
    assert.match(body.errors.at(-1).message, /800 more mistakes/)
  })

  it('describes the valid values', async () => {
    const { body } = await request(api.url)
      .post('/v1/jobs')
      .send({ model: { preset: 'mnist-mlp' }, optimizer: { name: 'sgdd', learningRate: 1 }, epoch: 3 })
    const messages = Object.fromEntries(
      body.errors.map(({ path, message }: Record<string, string>) => [path, message]),
    )
    assert.match(messages['optimizer.name'], /one of: grda, sgd, .*Did you mean "sgd"/)
    assert.match(messages.epoch, /epochs/)
  })
})
