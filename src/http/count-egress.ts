import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Owned } from '#access/owner.ts'
import type { UsageStore } from '#stores/usage-store.ts'
import { callerOf } from './principal.ts'

/** A download that takes hours is counted in the hours in which its bytes are sent. */
const PERIOD_MS = 5_000

/** A connection of a client. */
interface Counted {
  /** The caller of its last request, if that has authenticated. */
  caller: Owned | undefined
  /** The bytes that are counted. */
  bytes: number
}

/**
 * Counts the bytes that each connection sends, headers and frames of WebSockets included, for the caller of its last request. Bytes to
 * clients that have not authenticated are not counted.
 */
export function countEgress(app: FastifyInstance, usage: Pick<UsageStore, 'note' | 'addSource'>): void {
  const connections = new Map<Socket, Counted>()
  const count = (socket: Socket, counted: Counted) => {
    const more = bytesSent(socket) - counted.bytes
    counted.bytes += more
    if (counted.caller && more > 0) usage.note(counted.caller, 'egressBytes', more)
  }
  const countAll = () => {
    for (const [socket, counted] of connections) count(socket, counted)
  }
  let stop = () => {}
  app.addHook('onListen', async () => {
    const timer = setInterval(countAll, PERIOD_MS).unref()
    const removeSource = usage.addSource(countAll)
    stop = () => {
      clearInterval(timer)
      countAll()
      removeSource()
    }
  })
  app.addHook('onClose', async () => stop())
  app.addHook('onRequest', async (request: FastifyRequest) => {
    const { socket } = request.raw
    const caller = callerOf(request)?.principal
    const known = connections.get(socket)
    if (known) {
      count(socket, known)
      known.caller = caller
      return
    }
    const counted = { caller, bytes: bytesSent(socket) }
    connections.set(socket, counted)
    socket.once('close', () => {
      count(socket, counted)
      connections.delete(socket)
    })
  })
}

/** A request that is injected without a connection has a socket that counts nothing. */
function bytesSent({ bytesWritten }: Partial<Socket>): number {
  return bytesWritten ?? 0
}
