import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { invalidRequest } from '#domain/error.ts'

const HEADER = 'idempotency-key'
/** A string of printable ASCII characters, in which a backslash escapes quotes and backslashes (RFC 9651, section 3.3.3). */
const QUOTED = /^"(?:[ !#-[\]-~]|\\["\\])*"$/

/** For the contract: no other values are accepted. `idempotencyKey` explains what is wrong with one. */
const PATTERN = '^(?:[^\\s"](?:[^\\r\\n]{0,253}\\S)?|"(?:[ !#-[\\]-~]|\\\\["\\\\]){1,255}")$'

/** The headers of a request that creates something at most once. */
export const IdempotencyHeaders = z.looseObject({
  [HEADER]: z
    .string()
    .optional()
    .meta({ minLength: 1, pattern: PATTERN })
    .describe(
      'A key of the client, 1 to 255 characters, bare or as a quoted string (RFC 9651, section 3.3.3). For 24 h, a repeated request of the same caller with the same key and body gets the first answer, with `Idempotency-Replayed: true`; with another body it gets 422.',
    ),
})

/**
 * The value of the header `Idempotency-Key`, bare or as a string of structured fields: `"a"` equals `a`.
 * @returns undefined without the header
 * @throws AppError `invalid_request` for a repeated header, wrong quotes, or a key that is empty or too long
 */
export function idempotencyKey({ headers, raw }: FastifyRequest): string | undefined {
  const given = headers[HEADER]
  if (typeof given !== 'string') return undefined
  // Node joins repeated headers, and the sum of two keys looks like one.
  const names = raw.rawHeaders.filter((_, index) => index % 2 === 0)
  if (names.filter(name => name.toLowerCase() === HEADER).length > 1)
    throw invalidRequest('Idempotency-Key', 'must be given once')
  const key = given.startsWith('"') ? unquote(given) : given
  if (key.length < 1 || key.length > 255)
    throw invalidRequest('Idempotency-Key', 'must have 1 to 255 characters')
  return key
}

function unquote(text: string): string {
  if (!QUOTED.test(text)) {
    const message =
      'must be one string of printable ASCII characters in double quotes, with \\" and \\\\ for quotes and backslashes in it, or have no quotes'
    throw invalidRequest('Idempotency-Key', message)
  }
  return text.slice(1, -1).replace(/\\(.)/g, '$1')
}
