import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'
import { callerOf } from './principal.ts'
import { configOf } from './route-config.ts'

/**
 * A hook that bounds the open WebSockets and event streams of each key in this process, because each takes a connection and memory for as
 * long as its client likes. Register it after authentication. One more is refused with 429 before the upgrade.
 * @param most 0: no limit
 */
export function limitStreams(most: number): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const open = new Map<string, number>()
  return async (request, reply) => {
    const caller = callerOf(request)
    // A connection that has closed meanwhile would never be counted out.
    if (most === 0 || !caller || !opensStream(request) || request.raw.socket.destroyed) return
    const { keyId } = caller.principal
    const count = open.get(keyId) ?? 0
    if (count >= most) throw tooMany(most)
    open.set(keyId, count + 1)
    // After an upgrade the response never closes. A refused upgrade closes its socket.
    const connection = request.ws ? request.raw.socket : reply.raw
    connection.once('close', () => {
      const left = open.get(keyId)! - 1
      if (left > 0) open.set(keyId, left)
      else open.delete(keyId)
    })
  }
}

function opensStream({ ws, headers, routeOptions }: FastifyRequest): boolean {
  if (ws) return true
  return configOf(routeOptions).acceptsTicket === true && opensEvents(headers.accept)
}

/** Whether a client that accepts these media types gets server-sent events. */
export function opensEvents(accept: string | undefined): boolean {
  return accept?.includes('text/event-stream') ?? false
}

function tooMany(most: number): AppError {
  return new AppError(
    'rate_limited',
    `This key has ${most} open WebSockets and event streams, the limit of this server. Close one first.`,
    { headers: { 'retry-after': '10' } },
  )
}
