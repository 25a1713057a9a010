import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'
import { CLOSE } from './frame-socket.ts'

const STREAMS = '/v1/stream, /v1/jobs/JOB_ID/stream and /v1/analyses/ANALYSIS_ID/stream'

/** Ends a failed stream. A bad frame or a disconnect of the client is not an error of the service. */
export function endFailedStream(
  error: Error & { code?: string },
  socket: WebSocket,
  { log }: FastifyRequest,
): void {
  if (/^WS_ERR_|^ECONNRESET$|^EPIPE$/.test(error.code ?? '')) {
    log.info({ code: error.code }, `a client's WebSocket failed: ${error.message}`)
    socket.terminate()
    return
  }
  log.error({ err: error }, 'a stream failed')
  socket.close(CLOSE.failed, 'reconnect with the last seq')
}

/** Refuses an upgrade on a route that is not a WebSocket. @throws AppError `not_found` */
export async function requireStream({ ws, is404, routeOptions, url }: FastifyRequest): Promise<void> {
  if (!ws || is404) return
  const answers = routeOptions.schema?.response as Record<number, unknown> | undefined
  if (answers?.[101] !== undefined) return
  const path = url.split('?')[0]!
  throw new AppError(
    'not_found',
    `${path} is not a WebSocket; only ${STREAMS} are. Request it without an upgrade.`,
  )
}
