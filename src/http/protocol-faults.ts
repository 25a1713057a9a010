import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError, ERROR_CATALOGUE, type ErrorCode } from '#domain/error.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.ts'

type ParserError = Error & { code?: string; rawPacket?: unknown }

/** Of the 16 KB that Node permits for the request line and the headers together. */
const LONG_ADDRESS_BYTES = 8 * 1024

/** A message that is not HTTP is answered on the bare socket (RFC 9112, section 2.2). */
export function handleClientError(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  endWithProblem(socket, ...faultOf(error))
}

function faultOf({ code, rawPacket }: ParserError): [ErrorCode, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['body_timeout', 'The headers did not arrive in time.']
  if (code !== 'HPE_HEADER_OVERFLOW') return ['invalid_request', 'This is not a valid HTTP/1.1 request.']
  const lineEnd = Buffer.isBuffer(rawPacket) ? rawPacket.indexOf('\r\n') : 0
  return lineEnd < 0 || lineEnd > LONG_ADDRESS_BYTES
    ? ['address_too_long', 'The path and the query may have 8 KB.']
    : ['headers_too_large', 'The request line and all headers together may have 16 KB.']
}

function endWithProblem(socket: Duplex, code: ErrorCode, detail: string): void {
  const problem = JSON.stringify(problemOf(code, detail, randomUUID()))
  const { status } = ERROR_CATALOGUE[code]
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(problem)}`,
  ]
  socket.end([...head, 'Connection: close', '', problem].join('\r\n'))
}

/** Answers with problems where Node and the library for WebSockets send empty or HTML answers by themselves. */
export function answerProtocolFaults(app: FastifyInstance): void {
  app.addHook('onRequest', requireHost)
  app.server.on('checkExpectation', refuseExpectation)
  app.websocketServer.on('wsClientError', ({ message }, socket) =>
    endWithProblem(socket, 'invalid_request', `This is not a valid WebSocket handshake: ${message}.`),
  )
}

function refuseExpectation({ headers }: IncomingMessage, answer: ServerResponse): void {
  const detail = `Expect may be "100-continue" only, not "${headers.expect}".`
  const problem = problemOf('expectation_failed', detail, randomUUID())
  answer
    .writeHead(problem.status, { 'content-type': PROBLEM_MEDIA_TYPE, connection: 'close' })
    .end(JSON.stringify(problem))
}

/** A hook, in place of Node's own refusal, which has no body (RFC 9112, section 3.2). @throws AppError `invalid_request` */
async function requireHost({ raw }: FastifyRequest): Promise<void> {
  if (raw.headers.host === undefined && raw.httpVersion === '1.1')
    throw new AppError('invalid_request', 'HTTP/1.1 requires the header Host.')
}
