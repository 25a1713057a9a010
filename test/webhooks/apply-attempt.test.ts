import assert from 'node:assert/strict'
import { it } from 'node:test'
import { deliveryAfter, webhookAfter } from '#webhooks/apply-attempt.ts'
import { type Attempt, deliveryId, newDelivery, replayDelivery } from '#webhooks/delivery.ts'
import { retryAfterSeconds as secondsOf } from '#webhooks/retry-schedule.ts'
import type { Webhook } from '#webhooks/webhook.ts'
import type { WebhookEvent } from '#webhooks/webhook-event.ts'

const START = Date.parse('2026-01-01T00:00:00.000Z')
const event: WebhookEvent = { type: 'job.succeeded', id: 'job_1', seq: 7, time: '2026-01-01T00:00:00.000Z' }
const webhook = { id: 'webhook_1', enabled: true } as Webhook

const attemptAt = (ms: number, result: Partial<Attempt> = { httpStatus: 500, error: 'no' }): Attempt => ({
  at: new Date(ms).toISOString(),
  durationMs: 0,
  ...result,
})

/** Fails every attempt of a delivery. @returns the seconds between the attempts, the delivery and the webhook in the end */
function failAll(random: number, before = webhook) {
  const pauses: number[] = []
  let delivery = newDelivery(webhook.id, event, new Date(START))
  let after = before
  for (let now = START; delivery.status === 'pending'; ) {
    const attempt = attemptAt(now)
    delivery = deliveryAfter(delivery, attempt, random)
    after = webhookAfter(after, delivery, attempt)
    const next = delivery.nextAttemptAt === undefined ? now : Date.parse(delivery.nextAttemptAt)
    if (next > now) pauses.push((next - now) / 1000)
    now = next
  }
  return { pauses, delivery, after }
}

it('a failed delivery is repeated with growing pauses for a day', () => {
  const { pauses, delivery } = failAll(0)
  assert.deepEqual(pauses, [5, 300, 1800, 7200, 18_000, 28_800, 28_800])
  assert.deepEqual([delivery.status, delivery.attempts.length], ['failed', 8])
  const day = pauses.reduce((sum, seconds) => sum + seconds, 0)
  assert.ok(day > 0.9 * 86_400 && day < 86_400, String(day))
})

it('the pauses are shortened by up to a tenth at random', () => {
  assert.deepEqual(
    failAll(1).pauses.map(Math.round),
    [5, 300, 1800, 7200, 18_000, 28_800, 28_800].map(seconds => Math.round(0.9 * seconds)),
  )
})

it('a receiver that asks for more time gets it, up to eight hours, and never more attempts', () => {
  const pauseAfter = (retryAfter: string, failures = 0) => {
    const now = new Date(START)
    const retryAfterSeconds = secondsOf(retryAfter, now)
    const result = {
      httpStatus: 503,
      error: 'busy',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    }
    const before = {
      ...newDelivery(webhook.id, event, now),
      failures: { attempts: failures, since: event.time },
    }
    const { nextAttemptAt } = deliveryAfter(before, attemptAt(START, result), 0)
    return nextAttemptAt && (Date.parse(nextAttemptAt) - START) / 1000
  }
  assert.equal(pauseAfter('120'), 120)
  assert.equal(pauseAfter('Thu, 01 Jan 2026 00:01:00 GMT'), 60)
  assert.equal(pauseAfter('120', 1), 300, 'the schedule waits longer')
  assert.equal(pauseAfter('99999999'), 28_800)
  for (const useless of ['0', '-5', 'soon', '', 'Wed, 31 Dec 2025 23:59:00 GMT'])
    assert.equal(pauseAfter(useless), 5, useless)
  assert.equal(pauseAfter('120', 7), undefined)
})

it('a webhook is disabled when a delivery has failed for a day and no other has succeeded', () => {
  const { after } = failAll(0)
  assert.deepEqual([after.enabled, after.disabled?.reason], [false, 'webhook_failing'])
  assert.deepEqual(after.failing, { since: event.time, attempts: 8, lastError: 'no' })
})

it('a webhook remains enabled when one delivery fails for a day and others succeed', () => {
  let delivery = newDelivery(webhook.id, event, new Date(START))
  let after = webhook
  for (
    let now = START;
    delivery.status === 'pending';
    now = Date.parse(delivery.nextAttemptAt ?? event.time)
  ) {
    delivery = deliveryAfter(delivery, attemptAt(now), 0)
    after = webhookAfter(after, delivery, attemptAt(now))
    if (delivery.attempts.length !== 3) continue
    const other = deliveryAfter(newDelivery(webhook.id, event, new Date(now)), attemptAt(now + 1, {}), 0)
    after = webhookAfter(after, other, attemptAt(now + 1, { httpStatus: 204 }))
    assert.equal(after.failing, undefined)
  }
  assert.deepEqual([delivery.status, after.enabled, after.failing?.attempts], ['failed', true, 5])
})

it('a receiver that answers 410 is not asked again', () => {
  const attempt = attemptAt(START, { httpStatus: 410, error: 'gone' })
  const delivery = deliveryAfter(newDelivery(webhook.id, event, new Date(START)), attempt, 0)
  const after = webhookAfter(webhook, delivery, attempt)
  assert.deepEqual(
    [delivery.status, after.enabled, after.disabled?.reason],
    ['failed', false, 'webhook_gone'],
  )
})

it('a late failure does not change a delivery that has succeeded', () => {
  const pending = newDelivery(webhook.id, event, new Date(START))
  const succeeded = deliveryAfter(pending, attemptAt(START, { httpStatus: 200 }), 0)
  const after = deliveryAfter(succeeded, attemptAt(START + 1), 0)
  assert.deepEqual([after.status, after.nextAttemptAt, after.attempts.length], ['succeeded', undefined, 2])
})

it('a replay begins a new series of attempts under the same id', () => {
  const { delivery } = failAll(0)
  const replayed = replayDelivery(delivery, new Date(START))
  assert.deepEqual(
    [replayed.id, replayed.status, replayed.nextAttemptAt, replayed.attempts.length],
    [delivery.id, 'pending', event.time, 8],
  )
  const failed = deliveryAfter(replayed, attemptAt(START), 0)
  assert.deepEqual([failed.status, Date.parse(failed.nextAttemptAt!) - START], ['pending', 5000])
})

it('the id of a delivery depends on its webhook and its event, and sorts by the time of the event', () => {
  const id = deliveryId('webhook_1', event)
  assert.match(id, /^msg_[0-9a-f]{32}$/)
  assert.equal(id, deliveryId('webhook_1', { ...event }))
  for (const other of [{ seq: 8 }, { id: 'job_2' }, { type: 'job.failed' as const }])
    assert.notEqual(deliveryId('webhook_1', { ...event, ...other }), id)
  assert.notEqual(deliveryId('webhook_2', event), id)
  assert.ok(deliveryId('webhook_1', { ...event, time: '2026-01-01T00:00:00.001Z' }) > id)
})
