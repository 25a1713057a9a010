import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceStores } from '#stores/connect.ts'

const POLL_MS = 500
/** Two beats. Leases expire while Redis refuses writes; once it accepts them again, every live worker renews its own within this time. */
const LEASE_WAIT_MS = 10_000

/**
 * Whether another live worker has the job. The queue gives a job to a second worker when the first could not renew its lock, which happens
 * to every worker while Redis refuses writes.
 * @param signal ends the wait for the other worker's lease; that worker then keeps the job, or the reconciler requeues it if the worker is
 * dead
 */
export async function isHeldElsewhere(
  { work, workers }: Pick<ServiceStores, 'work' | 'workers'>,
  jobId: string,
  { workerId, signal }: { workerId: string; signal: AbortSignal },
): Promise<boolean> {
  const until = performance.now() + LEASE_WAIT_MS
  for (;;) {
    const { status, worker } = await work.require(jobId)
    if (!['running', 'pausing', 'cancelling'].includes(status)) return false
    if (!worker || worker.id === workerId) return false
    const holder = await workers.get(worker.id)
    if (holder) return holder.jobId === jobId
    if (signal.aborted) return true
    if (performance.now() > until) return false
    await pause(POLL_MS, undefined, { signal }).catch(() => {})
  }
}
