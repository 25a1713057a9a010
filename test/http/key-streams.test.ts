import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import request from 'supertest'
import { WebSocket } from 'ws'
import { OpenStreams } from '#http/open-streams.ts'
import { createApp } from '#src/app.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { keyOf } from '#test/support/key-of.ts'
import { newJob } from '#test/support/new-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { storeJob } from '#test/support/store-job.ts'

type Headers = Record<string, string>

function openSocket(url: string, path: string, headers: Headers = {}): WebSocket {
  return new WebSocket(url.replace('http', 'ws') + path, { headers })
}

/** The status of a refused upgrade, or the code of the close. */
async function outcomeOf(socket: WebSocket): Promise<number> {
  return await Promise.race([
    once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode),
    once(socket, 'close').then(([code]) => code),
  ])
}

/** The response of a request for server-sent events, once its first bytes have arrived. */
async function openEvents(url: string, headers: Headers = {}): Promise<IncomingMessage> {
  const [response] = await once(
    httpGet(url, { headers: { accept: 'text/event-stream', ...headers } }),
    'response',
  )
  return response
}

async function ended(response: IncomingMessage): Promise<void> {
  response.resume()
  await once(response, 'end')
}

describe('a stream', () => {
  let api: Api
  let second: FastifyInstance
  let secondUrl: string
  let jobId: string
  let key: Awaited<ReturnType<typeof keyOf>>
  before(async () => {
    api = await startApi({ adminKey: 'the-key-of-the-operator' })
    second = await createApp(await api.connectAgain(), api.children, {})
    secondUrl = await second.listen({ host: '127.0.0.1', port: 0 })
    jobId = (await storeJob(api.stores, newJob())).id
  })
  beforeEach(async () => {
    key = await keyOf(api.stores, { scopes: ['read'] })
  })
  after(async () => {
    await second.close()
    await api.stop()
  })

  const ticketOf = async (headers = key.headers): Promise<string> => {
    const { status, body } = await request(api.url).post('/v1/tickets').set(headers)
    assert.equal(status, 201)
    return body.ticket
  }
  const streams = () => [`/v1/jobs/${jobId}/stream`, '/v1/stream']

  it('without a credential or with a wrong key is refused at the upgrade', async () => {
    for (const path of streams()) {
      assert.equal(await outcomeOf(openSocket(api.url, path)), 401)
      const wrong = { authorization: `Bearer ${key.text}x` }
      assert.equal(await outcomeOf(openSocket(api.url, path, wrong)), 401)
    }
  })

  it('ends with 4401 in every api process when its key is revoked, and the streams of other keys do not', async () => {
    const other = await keyOf(api.stores, { scopes: ['read'] })
    const open = (url: string, path: string, headers: Headers) => openSocket(url, path, headers)
    const sockets = [api.url, secondUrl].flatMap(url => streams().map(path => open(url, path, key.headers)))
    const kept = open(api.url, streams()[0]!, other.headers)
    await Promise.all([...sockets, kept].map(socket => once(socket, 'open')))
    const events = await openEvents(`${secondUrl}/v1/jobs/${jobId}/events`, key.headers)
    const outcomes = Promise.all(sockets.map(outcomeOf))
    const ends = ended(events)
    await api.stores.keys.revoke(key.id)
    assert.deepEqual(await outcomes, [4401, 4401, 4401, 4401])
    await ends
    assert.equal(kept.readyState, WebSocket.OPEN)
    kept.close()
  })

  it('ends with 4401 when its key expires', async () => {
    const soon = await keyOf(api.stores, {
      scopes: ['read'],
      expiresAt: new Date(Date.now() + 500).toISOString(),
    })
    const outcomes = await Promise.all(
      streams().map(path => outcomeOf(openSocket(api.url, path, soon.headers))),
    )
    assert.deepEqual(outcomes, [4401, 4401])
  })

  it('opens with a ticket once, and a spent, unknown or repeated one is closed with 4401', async () => {
    for (const path of streams()) {
      const ticket = await ticketOf()
      const socket = openSocket(api.url, `${path}?ticket=${ticket}`)
      await once(socket, 'open')
      assert.equal(await outcomeOf(openSocket(secondUrl, `${path}?ticket=${ticket}`)), 4401)
      assert.equal(await outcomeOf(openSocket(api.url, `${path}?ticket=unknown`)), 4401)
      const outcome = outcomeOf(socket)
      await api.stores.keys.revoke(key.id)
      assert.equal(await outcome, 4401)
      key = await keyOf(api.stores, { scopes: ['read'] })
    }
  })

  it('does not open with a ticket whose key was revoked meanwhile', async () => {
    const ticket = await ticketOf()
    await api.stores.keys.revoke(key.id)
    assert.equal(await outcomeOf(openSocket(api.url, `/v1/stream?ticket=${ticket}`)), 4401)
  })

  it('of server-sent events opens with a ticket once', async () => {
    const url = `${api.url}/v1/jobs/${jobId}/events?ticket=${await ticketOf()}`
    const events = await openEvents(url)
    assert.equal(events.statusCode, 200)
    events.destroy()
    assert.equal((await fetch(url)).status, 401)
  })

  it('is all that a ticket opens, and it expires', async () => {
    const ticket = await ticketOf()
    assert.equal((await fetch(`${api.url}/v1/jobs?ticket=${ticket}`)).status, 401)
    const [name] = await api.stores.redis.keys(redisKeys.ticket('*'))
    assert.ok(!name!.includes(ticket))
    const upgrade = openSocket(api.url, `/v1/jobs/${jobId}/events?ticket=unknown`)
    assert.equal(await outcomeOf(upgrade), 404)
    const seconds = await api.stores.redis.ttl(name!)
    assert.ok(seconds > 0 && seconds <= 30)
  })

  it('ends although the message of the revocation is lost', async () => {
    const grant = (await api.stores.keys.identify(key.text))!.grant
    const expiring = await keyOf(api.stores)
    const expired = (await api.stores.keys.identify(expiring.text))!.grant
    const open = new OpenStreams(api.stores.keys)
    const endedStreams: string[] = []
    for (const name of ['first', 'second']) open.add(grant, () => endedStreams.push(name))
    open.add(grant, () => endedStreams.push('closed before'))()
    open.add(expired, () => endedStreams.push('of another key'))
    await open.endInvalid()
    assert.deepEqual(endedStreams, [])
    await api.stores.keys.revoke(key.id)
    await open.endInvalid()
    assert.deepEqual(endedStreams, ['first', 'second'])
  })

  it('of a replaced ADMIN_KEY ends', async () => {
    const socket = openSocket(api.url, '/v1/stream', { authorization: 'Bearer the-key-of-the-operator' })
    await once(socket, 'open')
    const outcome = outcomeOf(socket)
    await api.stores.keys.setAdminKey('another-key-of-the-operator')
    assert.equal(await outcome, 4401)
  })
})

describe('one stream more than a key may have open', () => {
  it('is refused with 429, WebSockets and event streams together, until another one closes', async () => {
    const api = await startApi({ adminKey: 'the-key-of-the-operator', socketsPerKey: 2 })
    try {
      const { id } = await storeJob(api.stores, newJob())
      const [key, other] = [await keyOf(api.stores), await keyOf(api.stores)]
      const eventsUrl = `${api.url}/v1/jobs/${id}/events`
      const statusOfSocket = async (headers = key.headers) => {
        const socket = openSocket(api.url, '/v1/stream', headers)
        return await Promise.race([once(socket, 'open').then(() => 101), outcomeOf(socket)])
      }
      const statusOfEvents = async () => {
        const response = await openEvents(eventsUrl, key.headers)
        response.destroy()
        return response.statusCode
      }
      const socket = openSocket(api.url, '/v1/stream', key.headers)
      await once(socket, 'open')
      const events = await openEvents(eventsUrl, key.headers)
      assert.equal(await statusOfSocket(), 429)
      assert.equal(await statusOfEvents(), 429)
      assert.equal((await fetch(eventsUrl, { headers: key.headers })).status, 200)
      assert.equal(await statusOfSocket(other.headers), 101)
      // The server learns of a close after the client does.
      socket.close()
      while ((await statusOfSocket()) === 429);
      events.destroy()
      while ((await statusOfEvents()) === 429);
    } finally {
      await api.stop()
    }
  })
})

describe('a stream of a service without keys', () => {
  it('ends with 4401 when the service gets its first key', async () => {
    const api = await startApi()
    try {
      const { id } = await storeJob(api.stores, newJob())
      const socket = openSocket(api.url, `/v1/jobs/${id}/stream`)
      await once(socket, 'open')
      const outcome = outcomeOf(socket)
      const ends = ended(await openEvents(`${api.url}/v1/jobs/${id}/events`))
      const { body } = await request(api.url)
        .post('/v1/keys')
        .send({ name: 'x', scopes: ['admin'] })
      assert.equal(await outcome, 4401)
      await ends
      assert.match(body.key, /^thr_/)
    } finally {
      await api.stop()
    }
  })

  it('needs no ticket, and a ticket of that time is void once there is a key', async () => {
    const api = await startApi()
    try {
      const { body } = await request(api.url).post('/v1/tickets')
      const opened = openSocket(api.url, '/v1/stream?ticket=any')
      await once(opened, 'open')
      opened.close()
      await keyOf(api.stores)
      assert.equal(await outcomeOf(openSocket(api.url, `/v1/stream?ticket=${body.ticket}`)), 4401)
    } finally {
      await api.stop()
    }
  })
})
