import { tenantOf } from '#access/owner.ts'
import type { EventType, JobEvent } from '#domain/event.ts'
import { type Job, nounOf } from '#domain/job.ts'

const ANNOUNCED: ReadonlySet<EventType> = new Set([
  'started',
  'paused',
  'resumed',
  'restarted',
  'cancelled',
  'failed',
  'succeeded',
])

/** An event that webhooks can receive. */
export interface AnnouncedEvent {
  tenant: string
  /** As in `job.succeeded`. */
  type: string
  /** Of the job or analysis. */
  id: string
  seq: number
  time: string
}

/** The events of a job that webhooks can receive. */
export function announcedEvents(job: Job, events: readonly JobEvent[]): AnnouncedEvent[] {
  const tenant = tenantOf(job)
  return events
    .filter(({ type }) => ANNOUNCED.has(type))
    .map(({ type, seq, time }) => ({ tenant, type: `${nounOf(job)}.${type}`, id: job.id, seq, time }))
}
