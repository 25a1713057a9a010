import type { Logger } from 'pino'
import type { ServiceStores, Stores } from '#stores/connect.ts'
import type { OutboxEntry } from '#stores/webhook-outbox.ts'
import { disable } from '#webhooks/apply-attempt.ts'
import { newDelivery } from '#webhooks/delivery.ts'
import { selects } from '#webhooks/event-types.ts'
import type { WebhookEvent } from '#webhooks/webhook-event.ts'

/** Events that are read at a time. */
const PAGE = 100

/** The pending deliveries of a webhook, about 20 MB, after which it is disabled. */
const MOST_PENDING = 50_000

export type OutboxStores = Pick<ServiceStores, 'of'> & {
  outbox: Pick<ServiceStores['outbox'], 'read' | 'remove'>
}

interface Context {
  now: Date
  log: Logger
  mostPending?: number
}

/**
 * Stores the deliveries of the oldest events in the outbox, and removes the events after that.
 * @returns whether there may be more events
 */
export async function createDeliveries(stores: OutboxStores, context: Context): Promise<boolean> {
  const entries = await stores.outbox.read(PAGE)
  for (const [tenant, events] of byTenant(entries)) await addAll(stores.of({ tenant }), events, context)
  await stores.outbox.remove(entries)
  return entries.length === PAGE
}

function byTenant(entries: readonly OutboxEntry[]): Map<string, WebhookEvent[]> {
  const events = new Map<string, WebhookEvent[]>()
  for (const {
    event: { tenant, ...event },
  } of entries)
    events.set(tenant, [...(events.get(tenant) ?? []), event])
  return events
}

async function addAll(
  stores: Pick<Stores, 'webhooks' | 'deliveries'>,
  events: readonly WebhookEvent[],
  { now, log, mostPending = MOST_PENDING }: Context,
): Promise<void> {
  for (const webhook of await stores.webhooks.all()) {
    // A record that cannot be read has only its id.
    if (!webhook.enabled) continue
    const selected = events.filter(({ type }) => selects(webhook.types, type))
    const pending = await Promise.all(
      selected.map(event => stores.deliveries.add(webhook.id, newDelivery(webhook.id, event, now))),
    )
    if (Math.max(0, ...pending) <= mostPending) continue
    const at = now.toISOString()
    await stores.webhooks.revise(webhook.id, current => disable(current, 'webhook_overloaded', at))
    log.warn(
      { webhookId: webhook.id, mostPending },
      'a webhook with too many pending deliveries was disabled',
    )
  }
}
