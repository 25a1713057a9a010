import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.ts'

/** Turns whatever a route threw into problem+json; a 5xx hides its cause from the client and logs it. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const known = asAppError(error)
  if (known.status >= 500) request.log.error({ err: known.cause ?? known }, 'a request failed')
  // A refused upgrade leaves a socket that nobody counts as idle: it would keep the server from closing.
  if (request.headers.upgrade !== undefined) reply.header('connection', 'close')
  const problem = problemOf(known.code, known.message, request.id, known.mistakes)
  return reply
    .code(known.status)
    .headers(known.headers)
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problem))
}

export function handleNotFound(request: FastifyRequest): never {
  throw new AppError(
    'not_found',
    `${request.method} ${request.url.split('?')[0]} is not a route of this service.`,
  )
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const { code, statusCode = 500, message } = error as FastifyError
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('body_too_large', 'The body is larger than this route takes.')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('unsupported_media_type', 'Send the body as application/json.')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new AppError('malformed_body', 'The body is empty; a JSON object is needed.')
  }
  if (statusCode >= 400 && statusCode < 500) return new AppError('malformed_body', message)
  if (isConnectionError(error)) {
    const headers = { 'retry-after': '5' }
    return new AppError('unavailable', 'The job store does not answer; try again.', { cause: error, headers })
  }
  return new AppError('internal', 'The cause is in the server log, under this request id.', { cause: error })
}

/** ioredis gives up on a command while Redis is away. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error.name === 'MaxRetriesPerRequestError' ||
    /Connection is closed|ECONNREFUSED|ENOENT/.test(error.message)
  )
}
