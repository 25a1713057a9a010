import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { WebSocket } from 'ws'
import { appendEvent, epochMetrics, startNewJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: an outside client sees plain JSON
type Frame = Record<string, any>

describe('many jobs on one socket', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const begin = () => startNewJob(api.stores)
  async function open() {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/stream`)
    const seen: Frame[] = []
    await once(socket, 'open')
    socket.on('message', data => seen.push(JSON.parse(String(data))))
    /** Resolves once a frame like this has arrived. */
    const until = async (like: Frame) => {
      const fits = (frame: Frame) => Object.entries(like).every(([key, value]) => frame[key] === value)
      while (!seen.some(fits)) await once(socket, 'message')
    }
    const wish = (frame: Frame) => socket.send(JSON.stringify(frame))
    const seqs = (jobId: string) =>
      seen.filter(frame => frame.jobId === jobId && frame.seq).map(({ seq }) => seq)
    return { socket, seen, until, wish, seqs }
  }

  it('are each streamed from their own seq to their end, and every frame has its job id', async () => {
    const [a, b] = [await begin(), await begin()]
    const { socket, seen, until, wish, seqs } = await open()
    wish({ subscribe: { jobId: a } })
    wish({ subscribe: { jobId: b, after: 2 } })
    await until({ type: 'snapshot', jobId: b })
    await Promise.all([a, b].map(id => appendEvent(api.stores, id, 'epoch', epochMetrics(1))))
    await succeed(api.stores, a)
    await until({ type: 'end', jobId: a })
    assert.equal(socket.readyState, WebSocket.OPEN)
    await succeed(api.stores, b)
    await until({ type: 'end', jobId: b })
    assert.deepEqual(
      [seqs(a), seqs(b)],
      [
        [1, 2, 3, 4],
        [3, 4],
      ],
    )
    assert.ok(seen.every(({ jobId }) => jobId === a || jobId === b))
    socket.close()
  })

  it('stop at an unsubscription and start again at a new subscription', async () => {
    const [left, kept] = [await begin(), await begin()]
    const { socket, until, wish, seqs } = await open()
    for (const jobId of [left, kept]) wish({ subscribe: { jobId } })
    await until({ type: 'started', jobId: left })
    wish({ unsubscribe: { jobId: left } })
    wish({ subscribe: { jobId: kept, after: 1 } })
    await until({ type: 'started', jobId: kept })
    wish({ subscribe: { jobId: 'job_nothing' } })
    await until({ type: 'error', jobId: 'job_nothing', code: 'not_found' })
    await appendEvent(api.stores, left, 'epoch', epochMetrics(1))
    await succeed(api.stores, kept)
    await until({ type: 'end', jobId: kept })
    assert.deepEqual(seqs(left), [1, 2])
    assert.deepEqual(seqs(kept).slice(-2), [2, 3])
    socket.close()
  })

  it('close with 4400 for an invalid frame', async () => {
    for (const frame of ['hello', '{}', '{"subscribe":{"job":"x"}}', 'null', Buffer.from([1])]) {
      const { socket } = await open()
      socket.send(frame)
      assert.equal((await once(socket, 'close'))[0], 4400, String(frame))
    }
  })

  it('need an upgrade', async () => {
    const { status, body } = await request(api.url).get('/v1/stream')
    assert.deepEqual([status, body.code], [426, 'upgrade_required'])
  })
})
