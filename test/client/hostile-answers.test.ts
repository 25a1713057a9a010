import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { AnswerError, type ClientOptions, ConnectionError, Thresher, ThresherError } from '@thresher/client'
import { answer, type Step, startScriptedServer } from '#test/support/scripted-server.ts'

const JOB = { id: 'job_1', status: 'running' }
const MIB = Buffer.alloc(1024 ** 2, 'a')

async function clientOf(t: TestContext, ...steps: Step[]) {
  const server = await startScriptedServer(...steps)
  t.after(() => server.close())
  return { client: new Thresher({ url: server.url, key: 'thr_secret' }), server }
}

async function readAll(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of values);
}

/** Sends a text again and again until the client leaves. */
const endless =
  (contentType: string): Step =>
  response => {
    response.writeHead(200, { 'content-type': contentType })
    response.write(contentType === 'application/json' ? '{"data":["' : 'data: ')
    const fill = () => {
      while (!response.destroyed && response.write(MIB));
    }
    response.on('drain', fill)
    fill()
  }

const redirect = (status: number, location: string): Step => answer(status, {}, { location })
const events =
  (text: string): Step =>
  (response, { headers }) => {
    if (headers.accept !== 'text/event-stream') return answer(200, JOB)(response, null as never)
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text)
  }

describe('a redirect', () => {
  const isRedirect = (url: string) => (error: Error) => {
    assert.ok(error instanceof AnswerError)
    assert.equal(error.code, 'redirect')
    assert.ok(error.message.includes(`redirects to ${url}`), error.message)
    return true
  }

  for (const status of [301, 302, 303, 307, 308])
    it(`with ${status} is an error that names the address, which gets nothing`, async t => {
      const other = await startScriptedServer(answer(200, JOB))
      t.after(() => other.close())
      const { client, server } = await clientOf(t, redirect(status, `${other.url}/v1/x`))
      const expected = isRedirect(`${other.url}/v1/x`)
      await assert.rejects(client.jobs.create({ model: { preset: 'mnist-mlp' } }), expected)
      await assert.rejects(client.jobs.delete('job_1'), expected)
      await assert.rejects(readAll(client.jobs.watch('job_1')), expected)
      assert.equal(server.requests.length, 3)
      assert.equal(other.requests.length, 0)
    })

  it('of an upload is not followed', async t => {
    const { client } = await clientOf(t, redirect(307, '/elsewhere'))
    const file = { name: 'a.csv', content: new Blob(['a,b\n1,2\n']) }
    const uploading = client.datasets.create({ name: 'a', format: 'csv', label: 'b' }, [file])
    await assert.rejects(uploading, isRedirect('another address'))
  })
})

describe('an answer of another server', () => {
  const isExplained = (error: Error) => {
    assert.equal(error.constructor, ThresherError)
    assert.match(error.message, /Is this the address of a Thresher service\?$/)
    return true
  }
  const html: Step = response =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>')

  for (const body of [42, 'text', null, [1]])
    it(`is not taken for a record: ${JSON.stringify(body)}`, async t => {
      const { client } = await clientOf(t, answer(200, body as object))
      await assert.rejects(client.jobs.get('job_1'), isExplained)
      await assert.rejects(readAll(client.jobs.list()), isExplained)
      await assert.rejects(readAll(client.jobs.watch('job_1')), isExplained)
    })

  it('does not count as a list, a deletion, a table or a stream', async t => {
    const { client } = await clientOf(t, answer(200, {}), html)
    await assert.rejects(readAll(client.jobs.list()), isExplained)
    await assert.rejects(client.jobs.delete('job_1'), isExplained)
    await assert.rejects(client.jobs.metricsCsv('job_1'), isExplained)
    await assert.rejects(readAll(client.jobs.watch('job_1')), isExplained)
  })

  for (const frame of ['{not json', '5', 'null', '{"seq": 1}', '{"type": "epoch", "seq": "x"}'])
    it(`is not taken for a frame: ${frame}`, async t => {
      const { client } = await clientOf(t, events(`data: ${frame}\n\n`))
      await assert.rejects(readAll(client.jobs.watch('job_1')), isExplained)
    })

  it('is an error with a status if its problem is not one of the contract', async t => {
    const { client } = await clientOf(t, answer(404, { code: 'x', detail: 1, errors: [1], status: '200' }))
    await assert.rejects(client.jobs.get('job_1'), {
      ...{ name: 'NotFoundError', status: 404, message: 'The service answered 404 Not Found.', errors: [] },
    })
  })

  it('without an end is left', async t => {
    const { client } = await clientOf(t, endless('application/json'))
    await assert.rejects(client.jobs.get('job_1'), /has more than 64 MiB/)
  })

  it('with an event without an end is left', async t => {
    const stream = endless('text/event-stream')
    const { client } = await clientOf(t, stream, answer(200, JOB), stream)
    await assert.rejects(readAll(client.jobs.watch('job_1')), /An event of the stream has more than 16 Mi/)
  })
})

describe('the address, the key and the paths', () => {
  it('never send the key to another host', async t => {
    const { client, server } = await clientOf(t, answer(200, {}))
    for (const path of [
      'v1/jobs',
      '.evil.example/x',
      '@evil.example/x',
      ':80/x',
      '',
      '//evil.example/x',
      '/\\x',
    ])
      await assert.rejects(client.send(path), /must begin with one slash/)
    assert.equal(server.requests.length, 0)
  })

  const optionsOf = (options: Partial<ClientOptions>) => ({ url: 'http://127.0.0.1:1', ...options })

  it('are refused without printing a secret', () => {
    for (const key of ['thr_hidden\nx: y', 'thr_hidden ', 'thr_hidden✓'])
      assert.throws(() => new Thresher(optionsOf({ key })), isRefused)
    assert.throws(() => new Thresher(optionsOf({ url: 'http://me:hidden@127.0.0.1:1' })), isRefused)
    for (const url of ['http://127.0.0.1:1?x=1', 'http://127.0.0.1:1#x'])
      assert.throws(() => new Thresher({ url }), /^ThresherError: url must be/)
  })

  it('of a request have headers that can be sent', async () => {
    const client = new Thresher(optionsOf({ retries: 0 }))
    const creating = client.jobs.create(
      { model: { preset: 'mnist-mlp' } },
      { idempotencyKey: 'hidden\r\nx: y' },
    )
    await assert.rejects(creating, isRefused)
  })

  const isRefused = (error: Error) => {
    assert.ok(error instanceof ThresherError && !(error instanceof ConnectionError))
    assert.ok(!`${error.message} ${error.cause}`.includes('hidden'), error.message)
    return true
  }
})

it('a watch waits at most five minutes, whatever the service asks for', async t => {
  const { client } = await clientOf(t, answer(503, {}, { 'retry-after': '1000000000' }), answer(404, {}))
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const onInterruption = (error: ThresherError) => {
    assert.match(error.message, /answered 503/)
    setImmediate(() => t.mock.timers.tick(300_000))
  }
  await assert.rejects(readAll(client.jobs.watch('job_1', { onInterruption })), { status: 404 })
})
