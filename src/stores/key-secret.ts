import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits as base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** The SHA-256 of a key or a ticket, in hexadecimal digits. A secret of 256 random bits needs no slow hash and no salt. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Compares in constant time. @param stored absent: there is no such key */
export function equalDigests(given: string, stored = ''): boolean {
  return timingSafeEqual(Buffer.from(given), Buffer.from(stored.padEnd(given.length)))
}
