import { z } from 'zod'
import type { Mistake } from '#domain/error.ts'
import { Name } from '#domain/name.ts'
import { DEFAULT_TENANT, TenantName } from './owner.ts'
import { isOperator, LOOPBACK_CALLER, type Principal } from './principal.ts'
import { Quotas } from './quotas.ts'
import { Scope } from './scope.ts'

const Expiry = z.iso.datetime({ offset: true })

/** What a caller chooses when it creates a key. */
export const KeyRequest = z
  .strictObject({
    name: Name.describe('Who or what uses the key.'),
    tenant: TenantName.optional().describe(
      'The tenant of the key, by default that of the caller. Only admin keys of the tenant `default` may choose another one; a tenant exists from its first key on.',
    ),
    scopes: z
      .array(Scope)
      .min(1)
      .max(Scope.options.length)
      .refine(scopes => new Set(scopes).size === scopes.length, 'names a scope twice')
      .describe('A larger scope includes the smaller.'),
    expiresAt: Expiry.optional().describe('The time from which the key is refused.'),
    quotas: Quotas.optional().describe('Limits of this key, besides those of its tenant.'),
  })
  .meta({
    id: 'KeyRequest',
    examples: [
      { name: 'nightly trainings', tenant: 'vision', scopes: ['submit'], quotas: { queuedJobs: 50 } },
    ],
  })
export type KeyRequest = z.infer<typeof KeyRequest>

/** A key without its secret. */
export const Key = z.object({
  id: z.string(),
  name: z.string(),
  tenant: z.string(),
  scopes: z.array(Scope),
  quotas: Quotas.optional(),
  createdAt: z.iso.datetime(),
  createdBy: z
    .string()
    .describe('The id of the key that created it; `loopback`: a caller of a service without keys.'),
  expiresAt: Expiry.optional(),
  revokedAt: z.iso.datetime().optional().describe('A revoked key is refused and stays listed.'),
})
export type Key = z.infer<typeof Key>

/** The text of a key: `thr_`, the 26 characters of its id after `key_`, `_`, and 256 random bits as base64url (RFC 4648, section 5). */
const KEY_TEXT = /^thr_([0-9a-z]{26})_[\w-]{43}$/

/** @param id starts with `key_` @param secret 32 bytes as base64url */
export function keyText(id: string, secret: string): string {
  return `thr_${id.slice('key_'.length)}_${secret}`
}

/** The id of the key that a text would be. The lengths are fixed, since a secret may contain `_`. */
export function keyIdOf(text: string): string | undefined {
  const match = KEY_TEXT.exec(text)
  return match ? `key_${match[1]}` : undefined
}

/** @param now in milliseconds since 1970 */
export function isValidKey({ revokedAt, expiresAt }: Key, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || Date.parse(expiresAt) > now)
}

export function principalOfKey({ id: keyId, tenant, scopes }: Key): Principal {
  return { keyId, tenant, scopes }
}

/** Whether a key can manage every tenant now. */
export function isOperatorKey(key: Key, now: number): boolean {
  return isValidKey(key, now) && isOperator(principalOfKey(key))
}

/** Whether the caller, an admin, may see and change the keys and the settings of a tenant. */
export function manages(caller: Principal, tenant: string): boolean {
  return isOperator(caller) || caller.tenant === tenant
}

/** What is wrong with a request for a key, besides its form. */
export function keyMistakes(
  { tenant = DEFAULT_TENANT, scopes, expiresAt }: KeyRequest,
  caller: Principal,
  now: number,
): Mistake[] {
  const mistakes: Mistake[] = []
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now)
    mistakes.push({ path: 'expiresAt', message: 'must be in the future' })
  if (caller.keyId !== LOOPBACK_CALLER.keyId) return mistakes
  // From the first key on every request needs one, so the first must be able to create the others.
  if (!scopes.includes('admin'))
    mistakes.push({ path: 'scopes', message: 'must contain "admin" for the first key of the service' })
  if (tenant !== DEFAULT_TENANT)
    mistakes.push({ path: 'tenant', message: `must be "${DEFAULT_TENANT}" for the first key of the service` })
  return mistakes
}
