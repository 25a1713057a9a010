import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

let lastMs = 0
let sequence = 0

/**
 * The kind, `_` and 26 characters: milliseconds since 1970 (10), a counter of the ids that this process created within the millisecond (3),
 * and 65 random bits (13). Like ULIDs, ids sort by time, and the ids of one process sort in the order in which they were created.
 */
export function newId(kind: 'job' | 'analysis' | 'dataset' | 'model' | 'sweep' | 'webhook' | 'key'): string {
  const now = Date.now()
  sequence = now > lastMs ? 0 : sequence + 1
  lastMs = Math.max(now, lastMs)
  const random = Array.from(randomBytes(13), byte => ALPHABET[byte % 32]).join('')
  return `${kind}_${base32(lastMs, 10)}${base32(sequence, 3)}${random}`
}

/** The prefix of the ids of a kind that are created at a given time, in milliseconds since 1970. */
export function idPrefixAt(kind: 'job', ms: number): string {
  return `${kind}_${base32(Math.max(0, Math.floor(ms)), 10)}`
}

function base32(value: number, length: number): string {
  let digits = ''
  for (let rest = value; digits.length < length; rest = Math.floor(rest / 32))
    digits = ALPHABET[rest % 32] + digits
  return digits
}
