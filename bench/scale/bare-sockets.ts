import { createServer } from 'node:http'
import { Redis } from 'ioredis'
import { WebSocketServer } from 'ws'

// A child process: sends every message of a Redis channel to every WebSocket, as it is: what a fan-out costs at least. Started with the URL of
// Redis and the channel; PORT is its port.

const [redisUrl = '', channel = ''] = process.argv.slice(2)
const server = createServer((_, response) => response.end())
const sockets = new WebSocketServer({ server })
const subscriber = new Redis(redisUrl)
subscriber.on('message', (_, text) => {
  for (const socket of sockets.clients) socket.send(text)
})
await subscriber.subscribe(channel)
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
