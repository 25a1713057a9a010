import type { Job } from '#domain/job.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { laneOf } from '#stores/lane.ts'
import { keyQuotas, tenantLimits } from '#stores/tenant-limits.ts'
import type { DayTotals } from '#usage/usage-counters.ts'

/**
 * The seconds after which the running jobs of the tenant or of the key of a job will have used up the device seconds of the day; infinite
 * without a quota, negative once exceeded.
 */
export async function secondsUntilExhausted(
  stores: Pick<ServiceStores, 'waiting' | 'tenantSettings' | 'keys'>,
  job: Job,
  { tenantToday, keyToday }: DayTotals,
): Promise<number> {
  const { tenant, name } = laneOf(job)
  const [{ quotas }, ofKey] = await Promise.all([tenantLimits(stores, tenant), keyQuotas(stores, job.keyId)])
  const { deviceSecondsPerDay: ofTenant = Number.POSITIVE_INFINITY } = quotas
  const { deviceSecondsPerDay: limitOfKey = Number.POSITIVE_INFINITY } = ofKey
  if (ofTenant === Number.POSITIVE_INFINITY && limitOfKey === Number.POSITIVE_INFINITY) return ofTenant
  const [running, runningOfKey] = await Promise.all([
    stores.waiting.releasedOf(tenant),
    stores.waiting.releasedOf(tenant, name),
  ])
  return Math.min(
    (ofTenant - tenantToday) / Math.max(1, running),
    (limitOfKey - keyToday) / Math.max(1, runningOfKey),
  )
}
