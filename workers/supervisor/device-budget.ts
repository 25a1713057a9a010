import { tenantOf } from '#access/owner.ts'
import type { Job } from '#domain/job.ts'
import { keyQuotas, type LimitStores, tenantLimits } from '#stores/tenant-limits.ts'
import type { DayTotals } from '#usage/usage-counters.ts'

/** The device seconds that the tenant and the key of a job may still use today; infinite without a quota, negative once exceeded. */
export async function deviceSecondsLeft(
  stores: Pick<LimitStores, 'tenantSettings' | 'keys'>,
  job: Job,
  { tenantToday, keyToday }: DayTotals,
): Promise<number> {
  const [{ quotas }, ofKey] = await Promise.all([
    tenantLimits(stores, tenantOf(job)),
    keyQuotas(stores, job.keyId),
  ])
  const { deviceSecondsPerDay: ofTenant = Number.POSITIVE_INFINITY } = quotas
  const { deviceSecondsPerDay: limitOfKey = Number.POSITIVE_INFINITY } = ofKey
  return Math.min(ofTenant - tenantToday, limitOfKey - keyToday)
}
