import { z } from 'zod'
import type { Quotas } from '#access/quotas.ts'
import type { ServiceStores } from '#stores/connect.ts'
import type { Lane } from '#stores/lane.ts'
import { isWithinBudget, keyQuotas, type LimitStores, tenantLimits } from '#stores/tenant-limits.ts'
import { dayOf, endOfDay } from '#usage/hours.ts'

type HoldingStores = Pick<ServiceStores, 'waiting'> & LimitStores

/** The quota that holds back the jobs of a tenant or of one of its keys at present. */
export const HeldBack = z.object({
  quota: z.enum(['runningJobs', 'deviceSecondsPerDay']),
  of: z.enum(['tenant', 'key']),
  until: z.iso.datetime().optional().describe('When it has room again, if that is known.'),
})
export type HeldBack = z.infer<typeof HeldBack>

/** @returns undefined if no quota holds back the jobs of the tenant */
export async function tenantHeldBack(stores: HoldingStores, tenant: string): Promise<HeldBack | undefined> {
  const { quotas } = await tenantLimits(stores, tenant)
  return await heldBackBy(stores, quotas, tenant)
}

/** @returns undefined if no quota holds back the jobs of the lane */
export async function laneHeldBack(
  stores: HoldingStores,
  { tenant, name }: Lane,
): Promise<HeldBack | undefined> {
  const ofTenant = await tenantHeldBack(stores, tenant)
  return ofTenant ?? (await heldBackBy(stores, await keyQuotas(stores, name), tenant, name))
}

async function heldBackBy(
  stores: HoldingStores,
  quotas: Quotas,
  tenant: string,
  lane?: string,
): Promise<HeldBack | undefined> {
  const { runningJobs } = quotas
  const of = lane === undefined ? 'tenant' : 'key'
  if (!(await isWithinBudget(stores, tenant, quotas, lane)))
    return { quota: 'deviceSecondsPerDay', of, until: endOfDay(dayOf(new Date())).toISOString() }
  if (runningJobs === undefined || (await stores.waiting.releasedOf(tenant, lane)) < runningJobs)
    return undefined
  return { quota: 'runningJobs', of }
}
