import type { Logger } from 'pino'
import type { Stores, WebhookStores } from '#stores/connect.ts'
import type { OutboxEntry } from '#stores/webhook-outbox.ts'
import { disable } from '#webhooks/apply-attempt.ts'
import { newDelivery } from '#webhooks/delivery.ts'
import { selects } from '#webhooks/event-types.ts'
import type { Webhook } from '#webhooks/webhook.ts'
import type { WebhookEvent } from '#webhooks/webhook-event.ts'

/** Events that are read at a time. */
const PAGE = 100

/** The pending deliveries of a webhook, about 20 MB, after which it is disabled. */
const MOST_PENDING = 50_000

/** Stores the deliveries of all events in the outbox, and removes the events after that. */
export async function createDeliveries(
  { outbox, webhooksOf }: Pick<Stores, 'outbox' | 'webhooksOf'>,
  log: Logger,
): Promise<void> {
  for (;;) {
    const entries = await outbox.read(PAGE)
    if (entries.length === 0) return
    for (const [tenant, events] of byTenant(entries)) await addAll(webhooksOf(tenant), events, log)
    await outbox.remove(entries)
  }
}

function byTenant(entries: readonly OutboxEntry[]): Map<string, WebhookEvent[]> {
  const events = new Map<string, WebhookEvent[]>()
  for (const { tenant, event } of entries) events.set(tenant, [...(events.get(tenant) ?? []), event])
  return events
}

async function addAll(stores: WebhookStores, events: readonly WebhookEvent[], log: Logger): Promise<void> {
  for (const webhook of await stores.webhooks.all()) {
    // A record that cannot be read has only its id.
    if (!webhook.enabled) continue
    const selected = events.filter(({ type }) => selects(webhook.types, type))
    const pending = await Promise.all(selected.map(event => addOne(stores, webhook, event)))
    if (Math.max(0, ...pending) <= MOST_PENDING) continue
    const at = new Date().toISOString()
    await stores.webhooks.revise(webhook.id, current => disable(current, 'webhook_overloaded', at))
    log.warn(
      { webhookId: webhook.id },
      `a webhook with more than ${MOST_PENDING} pending deliveries was disabled`,
    )
  }
}

function addOne({ deliveries }: WebhookStores, { id }: Webhook, event: WebhookEvent): Promise<number> {
  return deliveries.add(id, newDelivery(id, event, new Date()))
}
