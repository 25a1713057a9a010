import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ADMIN, LOOPBACK_CALLER } from '#access/principal.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { principalOf } from './principal.ts'

/**
 * The claim of a request with an `Idempotency-Key`: of this key, caller and route. Bodies are compared as canonical JSON after parsing.
 * @throws AppError `invalid_request` for a malformed key
 */
export function idempotencyClaim(request: FastifyRequest, body: unknown): IdempotencyClaim | undefined {
  const key = idempotencyKey(request)
  if (key === undefined) return undefined
  const bodyDigest = createHash('sha256').update(canonicalJson(body)).digest('hex')
  return { scope: `${callerScope(request)}${request.method} ${pathOf(request)} ${key}`, bodyDigest }
}

/** The path with its parameters, which does not depend on how the client has encoded it. */
function pathOf({ routeOptions, params }: FastifyRequest): string {
  return Object.entries(params as Record<string, string>).reduce(
    (path, [name, value]) => path.replace(`:${name}`, () => value),
    routeOptions.url!,
  )
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
