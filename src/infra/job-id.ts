import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** `job_` and 26 characters: milliseconds since 1970, then 80 random bits, so that ids sort by time (as ULIDs do). */
export function newJobId(now = Date.now()): string {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time
  const random = Array.from(randomBytes(16), byte => ALPHABET[byte % 32]).join('')
  return `job_${time}${random}`
}
