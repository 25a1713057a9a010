import { z } from 'zod'
import type { Delivery } from '#webhooks/delivery.ts'
import { bodyOf } from '#webhooks/webhook-event.ts'

const Attempt = z.object({
  at: z.iso.datetime(),
  durationMs: z.int(),
  httpStatus: z.int().optional().describe('Absent if no answer arrived.'),
  error: z.string().optional().describe('Absent if the attempt succeeded.'),
  retryAfterSeconds: z
    .number()
    .optional()
    .describe(
      'The `Retry-After` of the answer to an attempt that failed. The next attempt waits for it, up to 8 h.',
    ),
})

/** The JSON that a receiver gets. */
const WebhookPayload = z
  .object({
    type: z.string(),
    timestamp: z.iso.datetime().describe('When the event occurred.'),
    data: z.record(z.string(), z.string()).describe('The id of the record, for example `jobId`.'),
  })
  .meta({ id: 'WebhookPayload' })

/** The delivery of an event to a webhook. */
export const DeliveryResource = z
  .object({
    id: z.string().describe('The header `webhook-id` of every request for this delivery.'),
    status: z.enum(['pending', 'succeeded', 'failed']),
    payload: WebhookPayload,
    createdAt: z.iso.datetime(),
    attempts: z.array(Attempt).describe('The latest 20, oldest first.'),
    nextAttemptAt: z.iso.datetime().optional().describe('While it is `pending`.'),
  })
  .meta({ id: 'Delivery' })
type DeliveryResource = z.infer<typeof DeliveryResource>

/** The result of the test of a webhook. */
export const TestResult = Attempt.extend({ status: z.enum(['succeeded', 'failed']) }).meta({
  id: 'WebhookTest',
})

/** Each field is named here, so that what else is stored stays hidden. */
export function deliveryResource(delivery: Delivery): DeliveryResource {
  const { id, status, event, createdAt, attempts, nextAttemptAt } = delivery
  return {
    id,
    status,
    payload: JSON.parse(bodyOf(event)),
    createdAt,
    attempts: [...attempts],
    ...(nextAttemptAt !== undefined && { nextAttemptAt }),
  }
}
