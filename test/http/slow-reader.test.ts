import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { FrameSocket } from '#http/frame-socket.ts'
import { appendEvent, epochMetrics, startNewJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

// Together far more than the buffers of an operating system for one connection.
const EPOCHS = 100
const LAYERS = Array.from({ length: 2000 }, (_, i) => ({
  name: `layer_${i}/kernel`,
  shape: [100, 100],
  size: 10_000,
  nonzero: i,
}))

describe('a reader that reads nothing while a job runs', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const begin = () => startNewJob(api.stores)
  const goOn = async (jobId: string) => {
    for (let epoch = 1; epoch <= EPOCHS; epoch++)
      await appendEvent(api.stores, jobId, 'epoch', epochMetrics(epoch, { layers: LAYERS }))
    await succeed(api.stores, jobId)
  }
  const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

  it('is closed with 4408, and misses nothing when it reconnects with its last seq', async () => {
    const jobId = await begin()
    const seqs: number[] = []
    const watch = (after: number) => {
      const url = `${api.url.replace('http', 'ws')}/v1/jobs/${jobId}/stream?after=${after}`
      const socket = new WebSocket(url)
      socket.on('message', data => {
        const { seq } = JSON.parse(String(data))
        if (seq !== undefined) seqs.push(seq)
      })
      return socket
    }
    const slow = watch(0)
    await once(slow, 'message')
    slow.pause()
    await goOn(jobId)
    slow.resume()
    assert.equal((await once(slow, 'close'))[0], 4408)
    assert.ok(seqs.length < EPOCHS)
    assert.equal((await once(watch(seqs.at(-1)!), 'close'))[0], 1000)
    assert.deepEqual(seqs, upTo(EPOCHS + 3))
  })

  it('is disconnected from server-sent events, and also misses nothing', async () => {
    const jobId = await begin()
    const open = async (lastEventId: number): Promise<IncomingMessage> => {
      const headers = { accept: 'text/event-stream', 'last-event-id': String(lastEventId) }
      const [response] = await once(get(`${api.url}/v1/jobs/${jobId}/events`, { headers }), 'response')
      return response
    }
    const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)\n.*\n.*\n\n/gm)].map(([, id]) => Number(id))
    const slow = await open(0)
    let taken = ''
    slow.pause()
    slow.on('data', chunk => {
      taken += chunk
    })
    slow.pause()
    await goOn(jobId)
    slow.resume()
    await once(slow, 'error')
    const first = idsOf(taken)
    assert.ok(first.length < EPOCHS)
    const rest = idsOf(String(await buffer(await open(first.at(-1)!))))
    assert.deepEqual([...first, ...rest], upTo(EPOCHS + 3))
  })
})

describe('a frame socket', () => {
  it('drops progress frames, and no others, while its reader is slow', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    const reader = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const got: string[] = []
    reader.on('message', data => got.push(JSON.parse(String(data)).jobId))
    const [[raw, request]] = await Promise.all([once(server, 'connection'), once(reader, 'open')])
    const socket = new FrameSocket(raw, request.socket)
    const frame = (jobId: string, padding = '') =>
      ({ type: 'error', jobId, code: 'not_found', padding }) as const
    socket.offer(frame('kept'))
    await once(reader, 'message')
    reader.pause()
    const padding = 'x'.repeat(64 * 1024)
    let sent = 0
    while (raw.bufferedAmount <= 256 * 1024) {
      socket.send(frame('event', padding))
      sent++
    }
    socket.offer(frame('lost'))
    const room = socket.room()
    reader.resume()
    await room
    socket.offer(frame('kept too'))
    socket.close(1000, 'done')
    await once(reader, 'close')
    assert.deepEqual(got, ['kept', ...Array(sent).fill('event'), 'kept too'])
    server.close()
  })
})
