import type { ServiceStores } from '#stores/connect.ts'
import { deliveryAfter, failUnsent, webhookAfter } from '#webhooks/apply-attempt.ts'
import type { Attempt, Delivery } from '#webhooks/delivery.ts'
import type { Webhook } from '#webhooks/webhook.ts'
import { type SendingOptions, sendEvent } from './send-event.ts'

/** The result of an attempt. */
export interface Delivered {
  delivery: Delivery
  /** Absent if no request was sent. */
  attempt?: Attempt
  webhook: Webhook
}

/**
 * Makes one attempt of a delivery that this process has claimed, and records the result in the delivery and the webhook. A delivery of a
 * disabled webhook fails without a request.
 * @throws AppError `not_found` if the webhook has been deleted; Error if `options.signal` is aborted, and then nothing is recorded
 */
export async function deliver(
  { allWebhooks, deliveries }: Pick<ServiceStores, 'allWebhooks' | 'deliveries'>,
  webhookId: string,
  deliveryId: string,
  options: SendingOptions,
): Promise<Delivered> {
  const before = await allWebhooks.require(webhookId)
  if (!before.enabled) {
    const at = new Date().toISOString()
    const unsent = (current: Delivery) => (current.status === 'pending' ? failUnsent(current, at) : current)
    return { webhook: before, delivery: await deliveries.revise(webhookId, deliveryId, unsent) }
  }
  const { event } = await deliveries.require(webhookId, deliveryId)
  const attempt = await sendEvent(before, deliveryId, event, options)
  const random = Math.random()
  const after = (current: Delivery) => deliveryAfter(current, attempt, random)
  const delivery = await deliveries.revise(webhookId, deliveryId, after)
  const webhook = await allWebhooks.revise(webhookId, current => webhookAfter(current, delivery, attempt))
  return { delivery, attempt, webhook }
}
