import { ownedBy } from '#access/owner.ts'
import { invalidRequest } from '#domain/error.ts'
import type { Stores } from '#stores/connect.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'
import { newId } from '#stores/new-id.ts'
import { newSecret } from '#webhooks/signature.ts'
import { changeWebhook, type Webhook, type WebhookChange, type WebhookRequest } from '#webhooks/webhook.ts'
import { targetMistake } from './check-target.ts'
import { addressesOf, resolveHost } from './resolve-host.ts'
import type { SendingOptions } from './send-event.ts'

/** How long a request waits for the addresses of a host. */
const RESOLVE_MS = 5_000

/** @throws AppError `invalid_request`, `limit_exceeded`, `idempotency_key_reused` */
export async function createWebhook(
  { webhooks, owner }: Pick<Stores, 'webhooks' | 'owner'>,
  request: WebhookRequest,
  sending: SendingOptions,
  claim?: IdempotencyClaim,
): Promise<{ webhook: Webhook; replayed: boolean }> {
  await requireTarget(request.url, sending)
  const { name, url, types, enabled } = request
  const webhook: Webhook = {
    id: newId('webhook'),
    ...ownedBy(owner),
    ...(name !== undefined && { name }),
    url,
    types,
    enabled,
    createdAt: new Date().toISOString(),
    secrets: [{ secret: newSecret() }],
  }
  return await webhooks.create(webhook, claim)
}

/** @throws AppError `invalid_request`, `not_found` */
export async function reviseWebhook(
  { webhooks }: Pick<Stores, 'webhooks'>,
  webhookId: string,
  change: WebhookChange,
  sending: SendingOptions,
): Promise<Webhook> {
  await webhooks.require(webhookId)
  if (change.url !== undefined) await requireTarget(change.url, sending)
  return await webhooks.revise(webhookId, webhook => changeWebhook(webhook, change))
}

/**
 * Refuses a URL to which no request would be sent. A host that does not resolve yet is accepted: its addresses are checked before each
 * request.
 */
async function requireTarget(text: string, { allowed, resolve = resolveHost }: SendingOptions) {
  const url = new URL(text)
  const addresses = await addressesOf(url, resolve, AbortSignal.timeout(RESOLVE_MS)).catch(() => [])
  const mistake = targetMistake(url, addresses, allowed)
  if (mistake) throw invalidRequest('url', mistake)
}
