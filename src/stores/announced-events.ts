import type { EventType, JobEvent } from '#domain/event.ts'
import { type Job, nounOf } from '#domain/job.ts'
import type { WebhookEvent } from '#webhooks/webhook-event.ts'

const ANNOUNCED: ReadonlySet<EventType> = new Set([
  'started',
  'paused',
  'resumed',
  'restarted',
  'cancelled',
  'failed',
  'succeeded',
])

/** The events of a job or an analysis that webhooks can receive. */
export function announcedEvents(job: Job, events: readonly JobEvent[]): WebhookEvent[] {
  return events
    .filter(({ type }) => ANNOUNCED.has(type))
    .map(({ type, seq, time }) => ({
      type: `${nounOf(job)}.${type}` as WebhookEvent['type'],
      id: job.id,
      seq,
      time,
    }))
}
