import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import request from 'supertest'
import WebSocket from 'ws'
import { type Api, startApi } from '#test/support/start-api.ts'

/** A plan that takes its time: a new learning rate in each of 600,000 steps. */
const LONG_PLAN = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.6 },
  schedule: { name: 'cosine', floor: 0, per: 'step' },
  batchSize: 1,
  epochs: 10,
}

describe('no client delays the others', () => {
  let api: Api
  before(async () => {
    api = await startApi({ slowBodies: { windowMs: 200, fewestBytes: 2_000 } })
  })
  after(() => api.stop())

  /** Sends bytes unchanged, a chunk every 100 ms. @returns the answer until the service closes the connection */
  async function sendSlowly(...chunks: string[]): Promise<string> {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', text => {
      answer += text
    })
    const closed = once(socket, 'close')
    for (const chunk of chunks) {
      socket.write(chunk)
      await setTimeout(100)
    }
    await closed
    return answer
  }

  const headOf = (length: number) =>
    [
      'POST /v1/jobs?dryRun=true HTTP/1.1',
      'Host: localhost',
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${length}`,
      '\r\n',
    ].join('\r\n')

  it('by dry runs of many steps: they run one at a time, and too many at once are refused with 503', async () => {
    let done = 0
    const plans = Array.from({ length: 60 }, async () => {
      const answer = await request(api.url).post('/v1/jobs?dryRun=true').send(LONG_PLAN)
      if (answer.status === 200) done++
      return answer
    })
    await request(api.url).get('/healthz').expect(200)
    assert.ok(done < 20, `${done} plans were made before the health check was answered`)
    const answers = await Promise.all(plans)
    const refused = answers.filter(({ status }) => status === 503)
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 503]))
    assert.ok(refused.every(({ headers, body }) => headers['retry-after'] && body.code === 'unavailable'))
  })

  it('by an object with very many fields: they are counted before they are validated', async () => {
    const labels = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, 1]))
    const { status, body } = await request(api.url)
      .post('/v1/jobs')
      .send({ model: { preset: 'mnist-mlp' }, labels })
    const message = 'has 60000 fields; an object here has at most 1000'
    assert.deepEqual([status, body.errors], [400, [{ path: 'labels', message }]])
  })

  it('by many subscriptions at once: they are answered in order', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/stream`)
    await once(socket, 'open')
    const jobs = Array.from({ length: 2_000 }, (_, i) => `job_${i}`)
    for (const jobId of jobs) socket.send(JSON.stringify({ subscribe: { jobId } }))
    const refused: string[] = []
    const everyAnswer = new Promise<void>(resolve => {
      socket.on('message', data => {
        const frame = JSON.parse(String(data))
        assert.equal(frame.type, 'error')
        if (refused.push(frame.jobId) === jobs.length) resolve()
      })
    })
    await request(api.url).get('/healthz').expect(200)
    assert.ok(refused.length < jobs.length, 'the health check is answered before the flood is')
    await everyAnswer
    assert.deepEqual(new Set(refused), new Set(jobs))
    socket.close()
  })

  it('by a body that arrives too slowly: the request is ended with 408', async () => {
    const answer = await sendSlowly(headOf(5_000), '{')
    assert.match(answer, /^HTTP\/1.1 408 /)
    assert.match(answer, /"code":"body_timeout"/)
  })

  it('but a body that makes progress has no time limit', async () => {
    const body = JSON.stringify({ model: { preset: 'mnist-mlp' } }).padEnd(30_000)
    const answer = await sendSlowly(headOf(body.length), ...(body.match(/.{3000}/g) ?? []))
    assert.match(answer, /^HTTP\/1.1 200 /)
  })

  it('by an invalid form: without boundary, without end, without parts', async () => {
    for (const route of ['/v1/datasets', '/v1/models']) {
      const send = (type: string, body: string) =>
        request(api.url).post(route).set('content-type', type).send(body)
      const answers = [
        await send('multipart/form-data', 'x'),
        await send('multipart/form-data; boundary=', 'x'),
        await send(
          'multipart/form-data; boundary=b',
          '--b\r\nContent-Disposition: form-data; name="spec"\r\n\r\n{',
        ),
        await send(
          'multipart/form-data; boundary=b',
          '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n1,2',
        ),
        await send('multipart/form-data; boundary=b', '--b\r\nnonsense\r\n\r\n--b--\r\n'),
        await send('multipart/form-data; boundary=b', ''),
      ]
      for (const { status, body } of answers)
        assert.deepEqual([status, body.status], [400, 400], JSON.stringify(body))
    }
  })
})
