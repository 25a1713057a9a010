import type { Quotas } from '#access/quotas.ts'

/** The stores that know the limits of tenants and keys. */
export type LimitStores = object

/** The limits that apply to the jobs of a tenant. */
export interface TenantLimits {
  weight: number
  quotas: Quotas
}

export async function tenantLimits(_stores: LimitStores, _tenant: string): Promise<TenantLimits> {
  return { weight: 1, quotas: {} }
}

/** The limits of one key within its tenant. */
export async function keyQuotas(_stores: LimitStores, _keyId: string | undefined): Promise<Quotas> {
  return {}
}
