import type { Quotas } from '#access/quotas.ts'
import type { LimitStores } from './tenant-limits.ts'

/** Whether a tenant, or one of its keys, may still use devices today. */
export async function budgetsLeft(
  _stores: LimitStores,
  _tenant: string,
  { deviceSecondsPerDay }: Quotas,
  _keyId?: string,
): Promise<boolean> {
  return deviceSecondsPerDay === undefined
}
