import type { Quotas } from '#access/quotas.ts'
import type { ExpiresAfter } from '#domain/retention.ts'
import { dayOf } from '#usage/hours.ts'
import type { ServiceStores, Stores } from './connect.ts'

/** The stores that know the limits of tenants and keys, and what they have used. */
export type LimitStores = Pick<ServiceStores, 'tenantSettings' | 'keys' | 'usage'>

/** The limits that apply to the jobs of a tenant. */
export interface TenantLimits {
  weight: number
  quotas: Quotas
  /** Of jobs whose request does not have it. */
  expiresAfterSeconds?: ExpiresAfter | undefined
}

export async function tenantLimits(
  { tenantSettings }: Pick<LimitStores, 'tenantSettings'>,
  tenant: string,
): Promise<TenantLimits> {
  return await tenantSettings.settings(tenant)
}

/** The limits of one key within its tenant. @param keyId absent, or of no stored key: none */
export async function keyQuotas(
  { keys }: Pick<LimitStores, 'keys'>,
  keyId: string | undefined,
): Promise<Quotas> {
  return (keyId === undefined ? undefined : await keys.get(keyId))?.quotas ?? {}
}

/**
 * Whether a tenant may still use devices today.
 * @param keyId or whether one of its keys may
 */
export async function isWithinBudget(
  { usage }: Pick<LimitStores, 'usage'>,
  tenant: string,
  { deviceSecondsPerDay }: Quotas,
  keyId?: string,
): Promise<boolean> {
  if (deviceSecondsPerDay === undefined) return true
  return (await usage.deviceSecondsOn(tenant, dayOf(new Date()), keyId)) < deviceSecondsPerDay
}

/** What a caller may use, and the retention of its jobs. */
export interface Allowed {
  tenant: Quotas
  key: Quotas
  /** Of jobs whose request does not have it. */
  expiresAfterSeconds?: ExpiresAfter | undefined
}

export async function allowedTo(stores: Pick<Stores, 'owner' | 'tenantSettings' | 'keys'>): Promise<Allowed> {
  const { tenant, keyId } = stores.owner
  const [{ quotas, expiresAfterSeconds }, key] = await Promise.all([
    tenantLimits(stores, tenant),
    keyQuotas(stores, keyId),
  ])
  return { tenant: quotas, key, expiresAfterSeconds }
}
