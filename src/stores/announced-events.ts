import { tenantOf } from '#access/owner.ts'
import type { JobEvent } from '#domain/event.ts'
import { type Job, nounOf } from '#domain/job.ts'
import { isWebhookEvent } from '#webhooks/event-types.ts'
import type { WebhookEvent } from '#webhooks/webhook-event.ts'
import { redisKeys } from './redis-keys.ts'

/** An event that webhooks of a tenant can receive. */
export interface AnnouncedEvent extends WebhookEvent {
  tenant: string
}

/** The events of a job that webhooks can receive. */
export function announcedEvents(job: Job, events: readonly JobEvent[]): AnnouncedEvent[] {
  const tenant = tenantOf(job)
  return events.flatMap(({ type: event, seq, time }) => {
    const type = `${nounOf(job)}.${event}`
    return isWebhookEvent(type) ? [{ tenant, type, id: job.id, seq, time }] : []
  })
}

/** The keys of the script function `announce`. */
export const ANNOUNCE_KEYS = [redisKeys.outbox, redisKeys.webhookTenants]

/**
 * A Lua function over `ANNOUNCE_KEYS`, from `KEYS[first]` on: adds an event to the outbox if its tenant has webhooks, and wakes the
 * process that delivers it.
 */
export const ANNOUNCE_FUNCTION = `
local function announce(first, tenant, event)
  if redis.call('SISMEMBER', KEYS[first + 1], tenant) == 0 then return end
  redis.call('XADD', KEYS[first], '*', 'event', event)
  redis.call('PUBLISH', '${redisKeys.webhookChannel}', '')
end`
