import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { it } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { textFrame } from '#http/text-frame.ts'

it('frames texts of every length class so that a client reads them', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const texts = [
    '',
    'a',
    'é'.repeat(62),
    'é'.repeat(63),
    'x'.repeat(125),
    'x'.repeat(126),
    'x'.repeat(65_535),
    'x'.repeat(65_536),
    '€'.repeat(70_000),
  ]
  server.on('connection', (socket, request) => {
    for (const text of texts) request.socket.write(textFrame(text))
    socket.close(1000)
  })
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const received: string[] = []
  client.on('message', data => received.push(String(data)))
  const [code] = await once(client, 'close')
  assert.deepEqual(received, texts)
  assert.equal(code, 1000)
  server.close()
})
