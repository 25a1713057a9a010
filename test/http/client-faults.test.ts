import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import WebSocket from 'ws'
import { type Api, startApi } from '#test/support/start-api.ts'

interface Line {
  level: number
  msg: string
}

describe('faults of clients', () => {
  const lines: Line[] = []
  const logger = pino({ level: 'info' }, { write: (text: string) => void lines.push(JSON.parse(text)) })
  let api: Api
  before(async () => {
    api = await startApi({ logger, slowBodies: { windowMs: 200, fewestBytes: 2_000 } })
  })
  after(() => api.stop())

  /** The log of the service up to a message. */
  async function loggedUntil(message: RegExp): Promise<Line> {
    for (;;) {
      const line = lines.find(({ msg }) => message.test(msg))
      if (line) return line
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  const beginUpload = (path: string) => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nbytes'
    const head = ['Host: localhost', 'Content-Type: multipart/form-data; boundary=x', 'Content-Length: 90000']
    socket.write([`POST ${path} HTTP/1.1`, ...head, '', part].join('\r\n'))
    return socket
  }

  it('are not errors in the log: uploads that stall or disconnect, and invalid WebSocket frames', async () => {
    for (const path of ['/v1/datasets', '/v1/models']) {
      const slow = beginUpload(path)
      slow.resume()
      await once(slow, 'close')
      const broken = beginUpload(path)
      await new Promise(resolve => setTimeout(resolve, 50))
      broken.destroy()
    }
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/stream`)
    await once(socket, 'open')
    socket.on('error', () => {})
    ;(socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from([0xff, 0xff]),
    )
    await loggedUntil(/too slowly/)
    await loggedUntil(/WebSocket failed/)
    assert.deepEqual(
      lines.filter(({ level }) => level >= 50),
      [],
    )
  })

  it('are refused: an upgrade on a route that is not a stream', async () => {
    for (const path of ['/v1/jobs', '/docs', '/nope', '/healthz']) {
      const socket = new WebSocket(api.url.replace('http', 'ws') + path)
      const [error] = await once(socket, 'error')
      assert.match(error.message, /404/, path)
    }
  })
})
