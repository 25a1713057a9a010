import type { CallOptions } from './transport.ts'

export interface SubmitOptions extends CallOptions {
  /** Default: a random key for each call, so that a request whose answer was lost is repeated without a second effect. */
  idempotencyKey?: string | undefined
}

/** The parts of a request that creates something once, over all of its attempts. */
export function once({ idempotencyKey = randomKey(), ...options }: SubmitOptions) {
  return { method: 'POST' as const, headers: { 'idempotency-key': idempotencyKey }, ...options }
}

/** 128 random bits. Browsers have `crypto.randomUUID` only on HTTPS and on loopback. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
