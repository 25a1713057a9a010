import { createHash } from 'node:crypto'
import { AppError } from '#domain/error.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'

/**
 * What a request with an `Idempotency-Key` claims. A quoted key equals the bare one; bodies are compared as canonical JSON
 * after parsing. @throws AppError `invalid_request` for a key that is empty or too long
 */
export function idempotencyClaim(
  route: string,
  header: string | undefined,
  body: unknown,
): IdempotencyClaim | undefined {
  if (header === undefined) return undefined
  const key = header.replace(/^"(.*)"$/, '$1')
  if (key.length < 1 || key.length > 255) {
    const mistakes = [{ path: 'Idempotency-Key', message: 'takes 1 to 255 characters' }]
    throw new AppError('invalid_request', 'Idempotency-Key takes 1 to 255 characters.', { mistakes })
  }
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
