import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { WebSocket } from 'ws'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: an outside client sees plain JSON
type Frame = Record<string, any>

describe('watching a job', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const submit = async (): Promise<string> =>
    (
      await request(api.url)
        .post('/v1/jobs')
        .send({ model: { preset: 'mnist-mlp' } })
    ).body.id
  const run = async (jobId: string, epochs: number) => {
    await startJob(api.stores, jobId)
    for (let epoch = 1; epoch <= epochs; epoch++)
      await appendEvent(api.stores, jobId, 'epoch', epochMetrics(epoch))
    await succeed(api.stores, jobId)
  }
  const open = (jobId: string, after = 0) =>
    new WebSocket(`${api.url.replace('http', 'ws')}/v1/jobs/${jobId}/stream?after=${after}`)

  /** Frames as they arrive; `until` resolves with the first one that matches. */
  function frames(socket: WebSocket) {
    const seen: Frame[] = []
    const waiting: { fits: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = []
    socket.on('message', data => {
      const frame: Frame = JSON.parse(String(data))
      seen.push(frame)
      for (const wait of waiting) if (wait.fits(frame)) wait.resolve(frame)
    })
    const until = (fits: (frame: Frame) => boolean) =>
      new Promise<Frame>(resolve => {
        const found = seen.find(fits)
        if (found) resolve(found)
        else waiting.push({ fits, resolve })
      })
    return { seen, until }
  }
  const seqs = (list: Frame[]) => list.filter(({ seq }) => seq !== undefined).map(({ seq }) => seq)
  const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i)

  it('replays a finished job from any seq and ends with 1000', async () => {
    const id = await submit()
    await run(id, 3)
    for (const after of [0, 3, 6]) {
      const socket = open(id, after)
      const { seen } = frames(socket)
      const [code] = await once(socket, 'close')
      assert.equal(code, 1000)
      assert.deepEqual([seen[0]?.type, seen[0]?.lastSeq], ['snapshot', 6])
      assert.deepEqual(seqs(seen), upTo(6, after + 1))
      assert.deepEqual(seen.at(-1), { type: 'end', status: 'succeeded', lastSeq: 6 })
    }
  })

  it('continues live after the replay, with progress frames between events, and misses nothing', async () => {
    const id = await submit()
    await startJob(api.stores, id)
    const socket = open(id)
    const { seen, until } = frames(socket)
    await until(({ type }) => type === 'started')
    const frame = {
      jobId: id,
      attempt: 1,
      epoch: 1,
      step: 5,
      stepsPerEpoch: 469,
      loss: 1,
      examplesPerSecond: 100,
    }
    await api.stores.events.publishProgress({ type: 'progress', ...frame })
    assert.equal((await until(({ type }) => type === 'progress')).seq, undefined)
    const { body } = await request(api.url).get(`/v1/jobs/${id}`)
    assert.deepEqual([body.progress.step, body.progress.stepsPerEpoch], [5, 469])
    const told = upTo(40).map(epoch => appendEvent(api.stores, id, 'epoch', epochMetrics(epoch)))
    await Promise.all(told)
    await Promise.all([once(socket, 'close'), succeed(api.stores, id)])
    assert.deepEqual(seqs(seen), upTo(43))
  })

  it('lets a disconnected client continue from its last seq', async () => {
    const id = await submit()
    await startJob(api.stores, id)
    await appendEvent(api.stores, id, 'epoch', epochMetrics(1))
    const first = open(id)
    const before = frames(first)
    await before.until(({ type }) => type === 'epoch')
    first.terminate()
    await appendEvent(api.stores, id, 'epoch', epochMetrics(2))
    const second = open(id, 3)
    const after = frames(second)
    await after.until(({ seq }) => seq === 4)
    await Promise.all([once(second, 'close'), succeed(api.stores, id)])
    assert.deepEqual([...seqs(before.seen), ...seqs(after.seen)], upTo(5))
  })

  it('catches up after Redis has closed its connections', async () => {
    const id = await submit()
    await startJob(api.stores, id)
    const socket = open(id)
    const { seen, until } = frames(socket)
    await until(({ type }) => type === 'started')
    await api.stores.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await Promise.all([once(socket, 'close'), run2(id)])
    assert.deepEqual(seqs(seen), upTo(4))
  })
  const run2 = async (id: string) => {
    await appendEvent(api.stores, id, 'epoch', epochMetrics(1))
    await succeed(api.stores, id)
  }

  it('replays a long history to a slow reader', async () => {
    const id = await submit()
    const layers = Array.from({ length: 200 }, (_, i) => ({
      name: `layer_${i}/kernel`,
      shape: [10, 10],
      size: 100,
      nonzero: i,
    }))
    await startJob(api.stores, id)
    for (let epoch = 1; epoch <= 100; epoch++)
      await appendEvent(api.stores, id, 'epoch', epochMetrics(epoch, { layers }))
    await succeed(api.stores, id)
    const socket = open(id)
    const { seen } = frames(socket)
    await once(socket, 'open')
    socket.pause()
    await request(api.url).get(`/v1/jobs/${id}`)
    socket.resume()
    const [code] = await once(socket, 'close')
    assert.equal(code, 1000)
    assert.deepEqual(seqs(seen), upTo(103))
  })

  it('closes with 4404 for an unknown job and 4400 for an unexpected frame, and answers 400 for an invalid cursor', async () => {
    const lost = open('job_nothing')
    assert.equal((await once(lost, 'close'))[0], 4404)
    const id = await submit()
    const chatty = open(id)
    await once(chatty, 'open')
    chatty.send('hello')
    assert.equal((await once(chatty, 'close'))[0], 4400)
    const bad = new WebSocket(`${api.url.replace('http', 'ws')}/v1/jobs/${id}/stream?after=x`)
    const [, response] = await once(bad, 'unexpected-response')
    assert.equal(response.statusCode, 400)
  })

  it('closes with 1011 when the stream fails, so that its client continues from its last seq', async context => {
    const id = await submit()
    context.mock.method(api.stores.events, 'follow', async () => {
      throw new Error('Connection is closed.')
    })
    const [code, reason] = await once(open(id), 'close')
    assert.deepEqual([code, String(reason)], [1011, 'reconnect with the last seq'])
  })

  it('pages events oldest first', async () => {
    const id = await submit()
    await run(id, 5)
    const first = (await request(api.url).get(`/v1/jobs/${id}/events?limit=3`)).body
    const second = (await request(api.url).get(`/v1/jobs/${id}/events?limit=200&after=${first.nextAfter}`))
      .body
    assert.deepEqual([...seqs(first.data), ...seqs(second.data)], upTo(8))
    assert.deepEqual([first.hasMore, second.hasMore, second.nextAfter], [true, false, null])
    assert.equal((await request(api.url).get(`/v1/jobs/${id}/events?after=x`)).status, 400)
  })

  it('streams server-sent events with ids, honors Last-Event-ID, and stops a client that has every event', async () => {
    const id = await submit()
    await run(id, 2)
    const sse = (lastEventId?: number) =>
      fetch(`${api.url}/v1/jobs/${id}/events`, {
        headers: {
          accept: 'text/event-stream',
          ...(lastEventId && { 'last-event-id': String(lastEventId) }),
        },
      })
    const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(match => Number(match[1]))
    const whole = await sse()
    assert.equal(whole.headers.get('content-type'), 'text/event-stream')
    assert.deepEqual(idsOf(await whole.text()), upTo(5))
    assert.deepEqual(idsOf(await (await sse(3)).text()), [4, 5])
    assert.equal((await sse(5)).status, 204)
  })

  it('closes open sockets with 1001 when the server stops', async () => {
    const other = await startApi()
    const { body } = await request(other.url)
      .post('/v1/jobs')
      .send({ model: { preset: 'mnist-mlp' } })
    const socket = new WebSocket(`${other.url.replace('http', 'ws')}/v1/jobs/${body.id}/stream`)
    await once(socket, 'message')
    const [[code]] = await Promise.all([once(socket, 'close'), other.stop()])
    assert.equal(code, 1001)
  })
})
