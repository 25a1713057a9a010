import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'

/** The number of bytes of a body that must arrive in each window. A phone on a poor connection sends many times more. */
const FEWEST_BYTES = 20 * 1024
const WINDOW_MS = 20_000

/** Limits for tests and for services behind slow links. */
export interface SlowBodyLimits {
  windowMs: number
  fewestBytes: number
}

/**
 * Ends requests whose body arrives too slowly, because a slow POST attack holds a socket and a file open for hours. The total time of a
 * body has no limit. The answer is 408 (RFC 9110, section 15.5.9).
 */
export function cutSlowBodies({ windowMs, fewestBytes }: SlowBodyLimits = DEFAULTS) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { raw, headers } = request
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
    let before = raw.socket.bytesRead
    const timer = setInterval(() => {
      if (raw.complete || reply.raw.writableEnded) return clearInterval(timer)
      const now = raw.socket.bytesRead
      // While the service itself reads slowly, nothing more can arrive.
      if (now - before >= fewestBytes || raw.readableLength >= raw.readableHighWaterMark) before = now
      else refuse(reply)
    }, windowMs)
    timer.unref()
    raw.once('close', () => clearInterval(timer))
  }
}

const DEFAULTS: SlowBodyLimits = { windowMs: WINDOW_MS, fewestBytes: FEWEST_BYTES }

function refuse(reply: FastifyReply): void {
  const { raw, log } = reply.request
  log.info('a request was ended because its body arrived too slowly')
  // The handler still reads the body and will fail, which the framework would log as an error.
  reply.log = log.child({}, { level: 'silent' })
  reply.header('connection', 'close')
  reply.send(
    new AppError('body_timeout', 'The body arrives too slowly. Send it again on a faster connection.'),
  )
  reply.raw.once('finish', () => raw.destroy())
}
