import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'

/** A body has to bring so many bytes in each window; a phone on a poor connection brings many times that. */
const FEWEST_BYTES = 20 * 1024
const WINDOW_MS = 20_000

/** Limits for tests and for services behind slow links. */
export interface SlowBodyLimits {
  windowMs: number
  fewestBytes: number
}

/**
 * Ends requests whose body hardly arrives (a slow POST attack holds a socket and a file open for hours), however long a body
 * that does arrive may take. The answer is 408 (RFC 9110, section 15.5.9).
 */
export function cutSlowBodies({ windowMs, fewestBytes }: SlowBodyLimits = DEFAULTS) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { raw, headers } = request
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
    let before = raw.socket.bytesRead
    const timer = setInterval(() => {
      if (raw.complete || reply.raw.writableEnded) return clearInterval(timer)
      const now = raw.socket.bytesRead
      // While the service itself is slow to read, nothing more can arrive.
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
  log.info('a request was cut off, since its body arrived too slowly')
  // The handler still reads the body and fails with it, which the framework would log as an error.
  reply.log = log.child({}, { level: 'silent' })
  reply.header('connection', 'close')
  reply.send(
    new AppError('body_timeout', 'The body arrives too slowly. Send it again on a faster connection.'),
  )
  reply.raw.once('finish', () => raw.destroy())
}
