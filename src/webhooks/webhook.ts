import { z } from 'zod'
import type { Owned } from '#access/owner.ts'
import { Name } from '#domain/name.ts'
import { EventSelector } from './event-types.ts'
import { isHostName } from './host-name.ts'

/** The webhooks that a tenant can have. */
export const MOST_WEBHOOKS = 20

const URL_LENGTH = 2_000

/**
 * The address that receives the events, normalised (WHATWG URL), so that what is shown is what is sent to. Which hosts are allowed depends
 * on the service: see `targetMistake`.
 */
const WebhookUrl = z
  .string()
  // The parser of URLs removes some of them.
  .refine(text => !/[\s\p{C}]/u.test(text), {
    error: 'must not contain blanks, tabs, line breaks or other characters that are not visible',
    abort: true,
  })
  .overwrite(text => (URL.canParse(text) ? new URL(text).href : text))
  .max(URL_LENGTH)
  .superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
      return context.addIssue('must be an absolute URL that begins with https://')
    if (!isHostName(url.hostname))
      context.addIssue('must have an address or a host name of labels of 1 to 63 letters, digits and dashes')
    if (url.username || url.password)
      context.addIssue('must have no user name and no password: verify the signature of each request instead')
    if (url.hash) context.addIssue('must have no fragment: it is not sent')
  })
  .meta({ pattern: '^https?://' })
  .describe('An https URL. http is accepted only for networks that the operator allows.')

const types = z
  .array(EventSelector)
  .min(1)
  .max(50)
  .describe('The types of events to receive, or `*` for all, including types that later versions add.')

/** The body of `POST /v1/webhooks`. */
export const WebhookRequest = z
  .strictObject({
    url: WebhookUrl,
    types,
    name: Name.optional(),
    enabled: z.boolean().default(true),
  })
  .meta({
    id: 'WebhookRequest',
    examples: [{ url: 'https://example.com/thresher', types: ['job.succeeded', 'job.failed'], name: 'ci' }],
  })
export type WebhookRequest = z.infer<typeof WebhookRequest>

/** The body of `PATCH /v1/webhooks/:webhookId`. */
export const WebhookChange = z
  .strictObject({
    url: WebhookUrl.optional(),
    types: types.optional(),
    name: Name.nullable().optional().describe('null removes the name.'),
    enabled: z
      .boolean()
      .optional()
      .describe('true also enables a webhook again that the service has disabled.'),
  })
  .meta({ id: 'WebhookChange', examples: [{ enabled: true }] })
export type WebhookChange = z.infer<typeof WebhookChange>

/** Why the service has disabled a webhook. */
export type DisabledReason = 'webhook_gone' | 'webhook_failing' | 'webhook_overloaded'

/** A webhook as it is stored. Secrets cannot be hashed, because they sign; no resource shows them. */
export interface Webhook extends Owned {
  id: string
  name?: string
  url: string
  types: z.infer<typeof types>
  enabled: boolean
  createdAt: string
  /** Newest first; at most two. All sign until they expire. */
  secrets: readonly { secret: string; expiresAt?: string }[]
  /** Present once an attempt has succeeded. */
  lastSuccessAt?: string
  /** The attempts that have failed since the last success. */
  failing?: { since: string; attempts: number; lastError: string }
  /** Present if the service, not a client, has disabled it. */
  disabled?: { reason: DisabledReason; at: string }
}

/** How long a secret is valid after its rotation. */
const OVERLAP_MS = 86_400_000

/** The secrets that sign now. */
export function validSecrets({ secrets }: Webhook, now: Date): string[] {
  return secrets.flatMap(({ secret, expiresAt }) =>
    expiresAt === undefined || Date.parse(expiresAt) > now.getTime() ? [secret] : [],
  )
}

/** Adds a secret. The current one remains valid for a day; one that was replaced before becomes invalid. */
export function rotateSecret(webhook: Webhook, secret: string, now: Date): Webhook {
  const expiresAt = new Date(now.getTime() + OVERLAP_MS).toISOString()
  return { ...webhook, secrets: [{ secret }, { secret: webhook.secrets[0]!.secret, expiresAt }] }
}

/** A webhook that a client enables starts without the failures of the past. */
export function changeWebhook(webhook: Webhook, { name, ...change }: WebhookChange): Webhook {
  const { name: oldName, failing, disabled, ...kept } = webhook
  const newName = name === undefined ? oldName : name
  return {
    ...kept,
    ...(newName !== undefined && newName !== null && { name: newName }),
    ...(change.url !== undefined && { url: change.url }),
    ...(change.types && { types: change.types }),
    ...(change.enabled !== undefined && { enabled: change.enabled }),
    ...(change.enabled === undefined && failing && { failing }),
    ...(change.enabled === undefined && disabled && { disabled }),
  }
}
