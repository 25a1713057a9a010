import { z } from 'zod'
import { Warning } from '#domain/event.ts'
import { EventSelector } from '#webhooks/event-types.ts'
import type { DisabledReason, Webhook } from '#webhooks/webhook.ts'

/** An id that is longer than any existing one is refused without a query to Redis. */
export const WebhookParams = z.object({ webhookId: z.string().min(1).max(500) })

/** A webhook as clients see it, without its secrets. */
export const WebhookResource = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    url: z.string(),
    types: z.array(EventSelector),
    enabled: z.boolean(),
    createdAt: z.iso.datetime(),
    keyId: z.string().optional().describe('The key that created it.'),
    lastSuccessAt: z.iso.datetime().optional().describe('When the last attempt began that succeeded.'),
    previousSecretExpiresAt: z.iso
      .datetime()
      .optional()
      .describe('After a rotation: until when requests are signed with the previous secret too.'),
    warnings: z
      .array(Warning)
      .describe('Present failures, and why the service has disabled the webhook. Empty if all is well.'),
    links: z.object({ self: z.string(), deliveries: z.string() }),
  })
  .meta({ id: 'Webhook' })
type WebhookResource = z.infer<typeof WebhookResource>

/** The only answers that contain a secret: of the creation and of a rotation. */
export const WebhookWithSecret = WebhookResource.extend({
  secret: z
    .string()
    .describe('`whsec_` and the base64 of the 32 bytes that sign the requests. No later answer contains it.'),
}).meta({ id: 'WebhookWithSecret' })

/** Each field is named here, so that what else is stored stays hidden. */
export function webhookResource(webhook: Webhook): WebhookResource {
  const { id, name, url, types, enabled, createdAt, keyId, lastSuccessAt, secrets } = webhook
  const expiresAt = secrets[1]?.expiresAt
  const isOverlapping = expiresAt !== undefined && Date.parse(expiresAt) > Date.now()
  return {
    id,
    ...(name !== undefined && { name }),
    url,
    types,
    enabled,
    createdAt,
    ...(keyId !== undefined && { keyId }),
    ...(lastSuccessAt !== undefined && { lastSuccessAt }),
    ...(isOverlapping && { previousSecretExpiresAt: expiresAt }),
    warnings: warningsOf(webhook),
    links: { self: `/v1/webhooks/${id}`, deliveries: `/v1/webhooks/${id}/deliveries` },
  }
}

export function webhookWithSecret(webhook: Webhook): z.infer<typeof WebhookWithSecret> {
  return { ...webhookResource(webhook), secret: webhook.secrets[0]!.secret }
}

const REASONS: Record<DisabledReason, string> = {
  webhook_gone: 'the receiver answered 410',
  webhook_failing: 'a delivery failed at every attempt for a day, and no other delivery succeeded meanwhile',
  webhook_overloaded: 'it had too many pending deliveries',
}

function warningsOf({ failing, disabled }: Webhook): Warning[] {
  const warnings: Warning[] = []
  if (disabled) {
    const message = `The service disabled this webhook at ${disabled.at}: ${REASONS[disabled.reason]}. Set \`enabled\` to true when the receiver works again.`
    warnings.push({ code: disabled.reason, path: 'enabled', message })
  }
  if (failing) {
    const { attempts, since, lastError } = failing
    const message = `${attempts} attempts have failed since ${since}, and none has succeeded. The last error: ${lastError}`
    warnings.push({ code: 'webhook_attempts_failed', path: 'url', message })
  }
  return warnings
}
