import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, describe, it } from 'node:test'
import { Webhook as Verifier } from 'standardwebhooks'
import { type SendingOptions, sendEvent } from '#deliveries/send-event.ts'
import { type Receiver, startReceiver } from '#test/support/start-receiver.ts'
import { networksOf } from '#webhooks/public-address.ts'
import { newSecret } from '#webhooks/signature.ts'
import type { Webhook } from '#webhooks/webhook.ts'
import type { WebhookEvent } from '#webhooks/webhook-event.ts'

const LOOPBACK = networksOf(['127.0.0.0/8'])
const NONE = networksOf([])
const secret = newSecret()
const event: WebhookEvent = { type: 'job.succeeded', id: 'job_1', seq: 7, time: '2026-01-01T00:00:00.000Z' }

const send = (url: string, options: Partial<SendingOptions> = {}) =>
  sendEvent({ url, secrets: [{ secret }] } as unknown as Webhook, 'msg_1', event, {
    allowed: LOOPBACK,
    ...options,
  })

describe('an event that is sent', () => {
  const open: { close(): Promise<void> }[] = []
  after(() => Promise.all(open.map(server => server.close())))
  const receiver = async (...args: Parameters<typeof startReceiver>): Promise<Receiver> => {
    const started = await startReceiver(...args)
    open.push(started)
    return started
  }

  it('is JSON that names the record only, with a signature that the library of Standard Webhooks accepts', async () => {
    const { url, received } = await receiver()
    const attempt = await send(url)
    assert.deepEqual([attempt.httpStatus, attempt.error], [204, undefined])
    const [{ path, headers, body }] = received as [(typeof received)[0]]
    assert.deepEqual(
      [path, headers['content-type'], headers['webhook-id']],
      ['/hook', 'application/json', 'msg_1'],
    )
    const verified = new Verifier(secret).verify(body, headers as Record<string, string>)
    assert.deepEqual(verified, { type: 'job.succeeded', timestamp: event.time, data: { jobId: 'job_1' } })
  })

  it('names an analysis, a sweep or a dataset by its own field', async () => {
    const { url, received } = await receiver()
    for (const type of ['analysis.failed', 'sweep.finished', 'dataset.ready'] as const)
      await sendEvent(
        { url, secrets: [{ secret }] } as unknown as Webhook,
        'msg',
        { ...event, type, id: 'x' },
        { allowed: LOOPBACK },
      )
    assert.deepEqual(
      received.map(({ body }) => JSON.parse(body).data),
      [{ analysisId: 'x' }, { sweepId: 'x' }, { datasetId: 'x' }],
    )
  })

  it('does not follow a redirect', async () => {
    const inner = await receiver()
    const { url } = await receiver(response => response.writeHead(302, { location: inner.url }).end())
    const { httpStatus, error } = await send(url)
    assert.equal(httpStatus, 302)
    assert.match(error!, /redirects are not followed/)
    assert.equal(inner.received.length, 0)
  })

  it('notes how long a receiver that refuses it asks to wait', async () => {
    const now = new Date()
    const inAnHour = new Date(now.getTime() + 3_600_000).toUTCString()
    for (const [retryAfter, least, most] of [
      ['90', 90, 90],
      ['9'.repeat(400), Number.MAX_VALUE, Number.MAX_VALUE],
      [inAnHour, 3598, 3600],
    ] as const) {
      const { url } = await receiver(response => response.writeHead(503, { 'retry-after': retryAfter }).end())
      const { retryAfterSeconds } = await send(url, { now: () => now })
      assert.ok(retryAfterSeconds! >= least && retryAfterSeconds! <= most, String(retryAfterSeconds))
    }
    const { url } = await receiver(response => response.writeHead(204, { 'retry-after': '90' }).end())
    assert.equal((await send(url)).retryAfterSeconds, undefined)
  })

  it('has failed with every answer other than 2xx', async () => {
    for (const [status, isSuccess] of [
      [200, true],
      [202, true],
      [304, false],
      [400, false],
      [410, false],
      [500, false],
    ] as const) {
      const { url } = await receiver(response => response.writeHead(status).end())
      const attempt = await send(url)
      assert.deepEqual([attempt.httpStatus, attempt.error === undefined], [status, isSuccess])
    }
  })

  it('ends when the receiver, or the name server of its host, does not answer in time', async () => {
    const { url } = await receiver(() => {})
    const silent = 'The receiver did not answer within 0.2 s.'
    const { httpStatus, error } = await send(url, { timeoutMs: 200 })
    assert.deepEqual([httpStatus, error], [undefined, silent])
    const resolve = () => new Promise<never>(() => {})
    assert.equal((await send('https://hooks.test/', { timeoutMs: 200, resolve })).error, silent)
  })

  it('ends in time when the answer has no end; its status counts', async () => {
    const { url } = await receiver(response => response.writeHead(200).write('a'))
    assert.equal((await send(url, { timeoutMs: 200 })).httpStatus, 200)
  })

  it('is not answered with more bytes than the limit', async () => {
    let sent = 0
    let close = () => {}
    const closed = new Promise<void>(resolve => {
      close = resolve
    })
    const { url } = await receiver(response => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536
      }
      response.on('drain', more).on('close', close)
      more()
    })
    assert.equal((await send(url)).httpStatus, 200)
    await closed
    assert.ok(sent < 64 * 1024 * 1024, String(sent))
  })

  it('has failed when the answer is not HTTP, is missing, or changes the protocol', async () => {
    for (const answer of [
      'nonsense\r\n\r\n',
      '',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
    ]) {
      const sockets = new Set<Socket>()
      const server = createServer(socket => {
        sockets.add(socket.on('error', () => {}))
        socket.once('data', () => socket.end(answer))
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { httpStatus, error } = await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      assert.equal(httpStatus, undefined, answer.slice(0, 20))
      assert.match(error!, /^The request failed: /)
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  })

  it('has failed, not thrown, when nothing listens or the name does not resolve', async () => {
    const closed = await startReceiver()
    await closed.close()
    assert.match((await send(closed.url)).error!, /the connection was refused/)
    const { error } = await send('https://nowhere.invalid/', {
      resolve: () => Promise.reject(new Error('no such host')),
    })
    assert.match(error!, /no such host/)
    for (const [url, options] of [
      ['https://nowhere.invalid/', { resolve: async () => [] }],
      ['https://./', {}],
    ] as const)
      assert.equal((await send(url, options)).error, 'The request failed: the host name does not resolve.')
  })

  it('is not sent when the signal ends it', async () => {
    const { url, received } = await receiver()
    await assert.rejects(send(url, { signal: AbortSignal.abort() }))
    assert.equal(received.length, 0)
  })
})

describe('a receiver that is not public', () => {
  it('is refused as a literal address, in each of its forms', async () => {
    for (const host of [
      ...['0.0.0.0', '127.0.0.1', '2130706433', '0x7f.1', '017700000001', '169.254.169.254', '10.0.0.1'],
      ...[
        '[::1]',
        '[::]',
        '[::ffff:127.0.0.1]',
        '[64:ff9b::7f00:1]',
        '[fc00::1]',
        '[fe80::1]',
        '[::127.0.0.1]',
      ],
    ])
      for (const scheme of ['http', 'https']) {
        const { httpStatus, error } = await send(`${scheme}://${host}/`, { allowed: NONE })
        assert.equal(httpStatus, undefined)
        assert.match(error!, /must be a public address/, host)
      }
  })

  it('is refused as a name, also if only one of its addresses is not public, and the message has no address', async () => {
    const { port, received, close } = await startReceiver()
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['8.8.8.8', '::ffff:127.0.0.1']]) {
      const { error } = await send(`https://hooks.test:${port}/`, {
        allowed: NONE,
        resolve: async () => addresses,
      })
      assert.match(error!, /must be a public address/)
      assert.doesNotMatch(error!, /127\.0/)
    }
    assert.match(
      (await send(`http://localhost:${port}/`, { allowed: NONE })).error!,
      /must be a public address/,
    )
    assert.equal(received.length, 0)
    await close()
  })

  it('is not reached by a name that resolves to another address after the check', async () => {
    const { port, received, close } = await startReceiver()
    let lookups = 0
    const resolve = async () => (++lookups === 1 ? ['127.0.0.1'] : ['10.0.0.1'])
    // Only the checked address is connected to: `hooks.invalid` does not exist, and the resolver is asked once.
    const { httpStatus } = await send(`http://hooks.invalid:${port}/`, { resolve })
    assert.deepEqual([httpStatus, lookups, received.length], [204, 1, 1])
    assert.equal(received[0]!.headers.host, `hooks.invalid:${port}`)
    await close()
  })

  it('is reached in a network that the operator allows, also over http; other hosts need https', async () => {
    const { url, close } = await startReceiver()
    assert.equal((await send(url)).httpStatus, 204)
    const { error } = await send('http://hooks.test/', { resolve: async () => ['8.8.8.8'] })
    assert.match(error!, /must begin with https/)
    await close()
  })
})
