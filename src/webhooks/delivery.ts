import { createHash } from 'node:crypto'
import type { WebhookEvent } from './webhook-event.ts'

/** One request to the receiver, and its result. */
export interface Attempt {
  at: string
  durationMs: number
  /** Absent if no answer arrived. */
  httpStatus?: number
  /** Absent if it succeeded. */
  error?: string
  /** After a failure, if the receiver asked to wait this long. */
  retryAfterSeconds?: number
}

/** One event for one webhook. */
export interface Delivery {
  id: string
  event: WebhookEvent
  status: 'pending' | 'succeeded' | 'failed'
  createdAt: string
  /** The latest attempts, oldest first. */
  attempts: readonly Attempt[]
  /** The failed attempts since its creation or its replay: their number and the time of the first. */
  failures?: { attempts: number; since: string }
  /** While it is pending. */
  nextAttemptAt?: string
}

/**
 * The id of the delivery of an event to a webhook, sent as `webhook-id`: `msg_`, the milliseconds of the event since 1970 in 12
 * hexadecimal digits, and 20 digits of a SHA-256 digest. It depends on event and webhook only, so that an event that is processed twice
 * makes one delivery, and ids sort by time.
 */
export function deliveryId(webhookId: string, { type, id, seq, time }: WebhookEvent): string {
  const digest = createHash('sha256').update(`${webhookId} ${type} ${id} ${seq}`).digest('hex')
  return `msg_${Date.parse(time).toString(16).padStart(12, '0')}${digest.slice(0, 20)}`
}

/** A delivery that is due at once. */
export function newDelivery(webhookId: string, event: WebhookEvent, now: Date): Delivery {
  const createdAt = now.toISOString()
  const id = deliveryId(webhookId, event)
  return { id, event, status: 'pending', createdAt, attempts: [], nextAttemptAt: createdAt }
}

/** The delivery with a new series of attempts that begins at once; its id and its earlier attempts remain. */
export function replayDelivery({ failures: _, ...delivery }: Delivery, now: Date): Delivery {
  return { ...delivery, status: 'pending', nextAttemptAt: now.toISOString() }
}
