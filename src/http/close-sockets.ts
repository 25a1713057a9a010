import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CLOSE } from './frame-socket.ts'

const GOODBYE_MS = 2_000

/** Fastify does not close the socket of a refused upgrade, and an open socket keeps the server from closing. */
export async function endRefusedUpgrade(
  { headers, raw }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (headers.upgrade !== undefined && reply.statusCode >= 400) raw.socket.destroySoon()
}

/**
 * Closes every WebSocket with 1001 when the server stops, so that its client reconnects elsewhere with its last seq. Clients that do
 * not answer the close are disconnected.
 */
export function closeSockets(this: FastifyInstance, done: () => void): void {
  const { clients } = this.websocketServer
  for (const client of clients) client.close(CLOSE.shuttingDown, 'shutting down')
  const disconnect = () => {
    for (const client of clients) client.terminate()
  }
  const timer = setTimeout(disconnect, GOODBYE_MS)
  this.websocketServer.close(() => {
    clearTimeout(timer)
    done()
  })
}
