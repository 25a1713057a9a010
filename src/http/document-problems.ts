import type { FastifySchema } from 'fastify'
import { ERROR_CATALOGUE, type ErrorCode } from '#domain/error.ts'
import { PROBLEM_MEDIA_TYPE } from './problem.ts'
import type { RouteConfig } from './route-config.ts'

/** Descriptions that say more than the titles of the catalogue. */
const EXPLANATIONS: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'The request has no valid key.',
  forbidden:
    'The key does not have the scope of `x-scope`, or the operation is `x-operator-only` and the key is not of the tenant `default`; or the service has no keys and the host name is not that of loopback.',
  rate_limited: 'Too many requests, or too many open streams.',
}
const AUTHENTICATE = {
  schema: { type: 'string' },
  description: 'The scheme of the credentials, and the scope that the key lacks (RFC 6750, section 3).',
}

/** Statuses whose answers name the seconds to wait. */
const RETRIED: readonly number[] = [429, 503]

const RETRY_AFTER = {
  'Retry-After': { required: true, schema: { type: 'integer', minimum: 0 }, description: 'In seconds.' },
}

/** The codes of the errors with which a route answers: those that follow from its schema and config, and those that its config lists. */
export function problemCodes(schema: FastifySchema, config: RouteConfig): ErrorCode[] {
  const { params, querystring, headers, body, response } = schema
  const hasBody = (body ?? config.bodies) !== undefined
  const hasKey =
    headers !== undefined && JSON.stringify(Object.keys(shapeOf(headers))).includes('idempotency-key')
  const when = (condition: unknown, ...codes: ErrorCode[]) => (condition ? codes : [])
  return [
    ...when(params || querystring || headers || hasBody, 'invalid_request'),
    ...when(hasBody, 'malformed_body'),
    ...when(!config.public, 'unauthenticated'),
    'forbidden',
    ...when(params, 'not_found'),
    ...when(hasBody, 'body_timeout', 'body_too_large', 'unsupported_media_type'),
    ...when(hasKey, 'idempotency_key_reused'),
    ...when((response as object | undefined) && 101 in (response as object), 'upgrade_required'),
    ...when(!config.unlimited, 'rate_limited'),
    ...when(!config.answersUnderLoad, 'unavailable'),
    ...(config.problems ?? []),
  ]
}

function shapeOf(schema: unknown): object {
  return (schema as { shape?: object }).shape ?? {}
}

/** The answers with errors, as references to `components.responses`, and these components. */
export function problemAnswers(codes: readonly ErrorCode[]) {
  const byStatus = new Map<number, Set<ErrorCode>>()
  for (const code of codes.toSorted()) {
    const { status } = ERROR_CATALOGUE[code]
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code))
  }
  const answers = [...byStatus].map(([status, all]) => ({ status, name: nameOf([...all]), codes: [...all] }))
  return {
    responses: Object.fromEntries(
      answers.map(({ status, name }) => [status, { $ref: `#/components/responses/${name}` }]),
    ),
    components: Object.fromEntries(
      answers.map(({ status, name, codes }) => [name, responseOf(status, codes)]),
    ),
  }
}

function responseOf(status: number, codes: readonly ErrorCode[]) {
  return {
    description: codes.map(describe).join('\n'),
    ...(RETRIED.includes(status) && { headers: RETRY_AFTER }),
    ...(status === 401 && { headers: { 'WWW-Authenticate': { required: true, ...AUTHENTICATE } } }),
    ...(status === 403 && { headers: { 'WWW-Authenticate': AUTHENTICATE } }),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

function describe(code: ErrorCode): string {
  return `\`${code}\`: ${EXPLANATIONS[code] ?? `${ERROR_CATALOGUE[code].title}.`}`
}

/** `ConflictOrDatasetNotReady` */
function nameOf(codes: readonly ErrorCode[]): string {
  return codes.map(code => code.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase())).join('Or')
}
