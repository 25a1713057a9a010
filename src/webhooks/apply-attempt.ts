import type { Attempt, Delivery } from './delivery.ts'
import { retryDelayMs } from './retry-schedule.ts'
import type { DisabledReason, Webhook } from './webhook.ts'

/** The attempts of a delivery that are kept. */
const MOST_ATTEMPTS = 20

/** HTTP status of a receiver that wants no more requests (Standard Webhooks, "Disabling"). */
const GONE = 410

/**
 * A delivery after an attempt: it has succeeded, is due again, or has failed after its last attempt. The status of a delivery that is not
 * pending remains.
 * @param random between 0 and 1, for the time of the next attempt
 */
export function deliveryAfter(delivery: Delivery, attempt: Attempt, random: number): Delivery {
  const after = { ...delivery, attempts: [...delivery.attempts, attempt].slice(-MOST_ATTEMPTS) }
  if (after.status !== 'pending') return after
  const { failures, nextAttemptAt: _, ...kept } = after
  if (attempt.error === undefined) return { ...kept, status: 'succeeded' }
  const failed = { attempts: (failures?.attempts ?? 0) + 1, since: failures?.since ?? attempt.at }
  const delayMs =
    attempt.httpStatus === GONE ? undefined : retryDelayMs(failed.attempts, random, attempt.retryAfterSeconds)
  if (delayMs === undefined) return { ...kept, failures: failed, status: 'failed' }
  const nextAttemptAt = new Date(Date.parse(attempt.at) + attempt.durationMs + delayMs).toISOString()
  return { ...kept, failures: failed, status: 'pending', nextAttemptAt }
}

/** A pending delivery of a disabled webhook, which is not sent. */
export function failUnsent({ nextAttemptAt: _, ...delivery }: Delivery, at: string): Delivery {
  const attempt = { at, durationMs: 0, error: 'The webhook is disabled; no request was sent.' }
  return { ...delivery, attempts: [...delivery.attempts, attempt].slice(-MOST_ATTEMPTS), status: 'failed' }
}

/**
 * A webhook after an attempt. It is disabled if the receiver answers 410, and if a delivery has failed at every attempt while no other
 * delivery has succeeded since its first one, which is about a day.
 * @param delivery after the attempt
 */
export function webhookAfter(webhook: Webhook, delivery: Delivery, attempt: Attempt): Webhook {
  const { failing, ...kept } = webhook
  const { error, httpStatus } = attempt
  if (error === undefined) return { ...kept, lastSuccessAt: attempt.at }
  const since = failing?.since ?? attempt.at
  const after = { ...kept, failing: { since, attempts: (failing?.attempts ?? 0) + 1, lastError: error } }
  if (httpStatus === GONE) return disable(after, 'webhook_gone', attempt.at)
  const isExhausted = delivery.status === 'failed' && since <= (delivery.failures?.since ?? '')
  return isExhausted ? disable(after, 'webhook_failing', attempt.at) : after
}

/** A webhook that is disabled already remains unchanged. */
export function disable(webhook: Webhook, reason: DisabledReason, at: string): Webhook {
  return webhook.enabled ? { ...webhook, enabled: false, disabled: { reason, at } } : webhook
}
