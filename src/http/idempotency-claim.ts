import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ADMIN, LOOPBACK_CALLER } from '#access/principal.ts'
import { invalidRequest } from '#domain/error.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'
import { principalOf } from './principal.ts'

/**
 * The claim of a request with an `Idempotency-Key`. A quoted key equals the bare key; bodies are compared as canonical JSON after
 * parsing.
 * @throws AppError `invalid_request` for a key that is empty or too long
 */
export function idempotencyClaim(request: FastifyRequest, body: unknown): IdempotencyClaim | undefined {
  const header = request.headers['idempotency-key']
  if (typeof header !== 'string') return undefined
  const key = header.replace(/^"(.*)"$/, '$1')
  if (key.length < 1 || key.length > 255)
    throw invalidRequest('Idempotency-Key', 'must have 1 to 255 characters')
  const bodyDigest = createHash('sha256').update(canonicalJson(body)).digest('hex')
  return { scope: `${callerScope(request)}${request.method} ${request.url.split('?')[0]} ${key}`, bodyDigest }
}

/** Callers without a key of the key store had no name in scopes of earlier versions. */
function callerScope(request: FastifyRequest): string {
  const { keyId } = principalOf(request)
  return keyId === ADMIN.keyId || keyId === LOOPBACK_CALLER.keyId ? '' : `${keyId} `
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
