import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'
import { isOutOfSpace } from '#stores/out-of-space.ts'
import { refusesWrites } from '#stores/redis-refusals.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.ts'

/** Turns every error of a route into problem+json. The cause of a 5xx is logged and hidden from the client. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const known = asAppError(error)
  logFault(known, request)
  const problem = problemOf(known.code, known.message, request.id, known.mistakes)
  return reply
    .code(known.status)
    .headers(known.headers)
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify({ ...problem, ...known.members }))
}

/** A 503 without a cause is not a fault of the service: it is overloaded or full. */
function logFault(error: AppError, { log }: FastifyRequest): void {
  if (error.status < 500) return
  if (error.code === 'unavailable' && error.cause === undefined)
    log.warn(`a request was refused: ${error.message}`)
  else log.error({ err: error.cause ?? error }, 'a request failed')
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const { code = '', statusCode = 500, message } = error as FastifyError
  if (statusCode === 413)
    return new AppError('body_too_large', 'The body is larger than the limit of this route.')
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('unsupported_media_type', 'Send the body as application/json.')
    case 'FST_ERR_BAD_URL':
      return new AppError('not_found', 'The path is not valid percent-encoded UTF-8.')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new AppError('not_found', 'A part of the path is longer than every id and name.')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new AppError('malformed_body', 'The body is empty; a JSON object is required.')
  }
  if (statusCode >= 400 && statusCode < 500)
    return new AppError(code.startsWith('FST_ERR_CTP') ? 'malformed_body' : 'invalid_request', message)
  if (refusesWrites(error)) {
    const headers = { 'retry-after': '5' }
    const message = 'The job store accepts no writes at the moment; try again.'
    return new AppError('unavailable', message, { cause: error, headers })
  }
  if (isConnectionError(error)) {
    const headers = { 'retry-after': '5' }
    return new AppError('unavailable', 'The job store does not answer; try again.', { cause: error, headers })
  }
  if (isOutOfSpace(error)) {
    const headers = { 'retry-after': '30' }
    return new AppError('unavailable', 'The service is out of disk space; try again later.', {
      cause: error,
      headers,
    })
  }
  return new AppError('internal', 'The server log has the cause under this request id.', { cause: error })
}

/** Redis does not answer, is still loading, accepts no credentials of this service, or is no longer the primary. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error.name === 'MaxRetriesPerRequestError' ||
    /Connection is closed|Command timed out|ECONNREFUSED/.test(error.message) ||
    /^(LOADING|EXECABORT|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOAUTH|WRONGPASS) /.test(
      error.message,
    )
  )
}
