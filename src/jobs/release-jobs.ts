import type { ServiceStores } from '#stores/connect.ts'
import {
  isWithinBudget,
  keyQuotas,
  type LimitStores,
  type TenantLimits,
  tenantLimits,
} from '#stores/tenant-limits.ts'
import type { Head, Taken } from '#stores/waiting-jobs.ts'

export type ReleaseStores = Pick<ServiceStores, 'waiting' | 'queue' | 'workers'> & LimitStores

/** Jobs that no free worker has enough memory for are not counted, up to this number: other jobs must not wait for them. */
const MOST_DEFERRED = 100

/**
 * Releases waiting jobs to the workers by fair share, as many as there are workers. A job is released only when a worker is free for it, so
 * a tenant with many jobs delays the job of another tenant by one running job at most.
 */
export async function releaseJobs(stores: ReleaseStores): Promise<void> {
  const window = await releaseWindow(stores)
  while ((await stores.waiting.releasedCount()) < window && (await releaseNext(stores, window))) {}
}

/** The number of jobs that may be released at the same time. */
async function releaseWindow({ workers, queue }: ReleaseStores): Promise<number> {
  const [alive, deferred] = await Promise.all([workers.list(), queue.deferredCount()])
  return alive.length === 0 ? 0 : alive.length + Math.min(deferred, MOST_DEFERRED)
}

/** @returns whether another job may be released */
async function releaseNext(stores: ReleaseStores, window: number): Promise<boolean> {
  for (const { tenant } of await stores.waiting.shares()) {
    const limits = await tenantLimits(stores, tenant)
    if (!(await isWithinBudget(stores, tenant, limits.quotas))) continue
    const taken = await takeFrom(stores, tenant, limits, window)
    if (taken === 'full') return false
    if (taken === 'taken' || taken === 'changed') return true
  }
  return false
}

/** Takes the first job of a tenant whose key has not reached a limit. @returns undefined if there is none */
async function takeFrom(
  stores: ReleaseStores,
  tenant: string,
  { weight, quotas }: TenantLimits,
  window: number,
): Promise<Exclude<Taken, 'keyFull'> | undefined> {
  for (const head of await stores.waiting.heads(tenant)) {
    const ofKey = await keyQuotas(stores, head.lane.name)
    if (!(await isWithinBudget(stores, tenant, ofKey, head.lane.name))) continue
    const taken = await stores.waiting.take(head, weight, {
      released: window,
      releasedOfTenant: quotas.runningJobs ?? window,
      releasedOfKey: ofKey.runningJobs ?? window,
    })
    if (taken === 'keyFull') continue
    if (taken === 'taken') await enqueue(stores, head)
    return taken
  }
  return undefined
}

/** If the process ends before this, the reconciler enqueues the job. */
async function enqueue({ queue }: ReleaseStores, { id }: Head): Promise<void> {
  await queue.enqueue(id)
}
