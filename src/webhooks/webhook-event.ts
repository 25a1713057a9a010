import type { TEST_EVENT, WebhookEventType } from './event-types.ts'

/** Something that happened to a record of a tenant. */
export interface WebhookEvent {
  type: WebhookEventType | typeof TEST_EVENT
  /** The id of the record. */
  id: string
  /** The place of the event in the history of the record; 0 for a record without a history. */
  seq: number
  /** ISO 8601. */
  time: string
}

/**
 * The JSON that is posted for an event. It names the record and has none of its content: the receiver reads that with its key, so that the
 * content reaches only clients that may read it.
 */
export function bodyOf({ type, id, time }: WebhookEvent): string {
  const kind = type.slice(0, type.indexOf('.'))
  return JSON.stringify({ type, timestamp: time, data: { [`${kind}Id`]: id } })
}
