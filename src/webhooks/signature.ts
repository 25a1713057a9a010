import { createHmac, randomBytes } from 'node:crypto'

const SECRET_PREFIX = 'whsec_'
const SECRET_BYTES = 32

/** A new signing secret: `whsec_` and the base64 of 32 random bytes. */
export function newSecret(): string {
  return SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64')
}

/** One message as it is sent. */
export interface SignedMessage {
  /** The same in every attempt, so that the receiver can recognize a repetition. */
  id: string
  /** Of this attempt. */
  sentAt: Date
  body: string
}

/**
 * The headers of a message in the form of Standard Webhooks 1.0: its id, the Unix time of the attempt in seconds, and one signature per
 * secret, separated by spaces.
 * @param secrets as `newSecret` makes them
 */
export function signatureHeaders({ id, sentAt, body }: SignedMessage, secrets: readonly string[]) {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000))
  const signed = `${id}.${timestamp}.${body}`
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map(secret => signatureOf(signed, secret)).join(' '),
  }
}

function signatureOf(signed: string, secret: string): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}
