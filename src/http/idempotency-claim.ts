import { createHash } from 'node:crypto'
import { invalidRequest } from '#domain/error.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'

/**
 * The claim of a request with an `Idempotency-Key`. A quoted key equals the bare key; bodies are compared as canonical JSON after
 * parsing.
 * @throws AppError `invalid_request` for a key that is empty or too long
 */
export function idempotencyClaim(
  route: string,
  header: string | undefined,
  body: unknown,
): IdempotencyClaim | undefined {
  if (header === undefined) return undefined
  const key = header.replace(/^"(.*)"$/, '$1')
  if (key.length < 1 || key.length > 255)
    throw invalidRequest('Idempotency-Key', 'must have 1 to 255 characters')
  const bodyDigest = createHash('sha256').update(canonicalJson(body)).digest('hex')
  return { scope: `${route} ${key}`, bodyDigest }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
