import { hostname } from 'node:os'
import { isAlive } from '#children/is-alive.ts'
import { isTerminal } from '#domain/job.ts'
import { reclaimJob } from '#jobs/reclaim-job.ts'
import type { ServiceStores } from '#stores/connect.ts'

/**
 * Ends the leases of supervisors that were killed on this host and enqueues their jobs again, without waiting for the leases to expire.
 * Must be called before this process has a lease.
 */
export async function reclaimDeadWorkers(stores: ServiceStores): Promise<void> {
  for (const { id, host, pid, startedAt, jobId } of await stores.workers.list()) {
    if (host !== hostname()) continue
    if (pid !== process.pid && (await isAlive(pid, Date.parse(startedAt)))) continue
    await stores.workers.leave(id)
    const job = jobId === undefined ? undefined : await stores.work.get(jobId)
    if (job?.worker?.id === id && !isTerminal(job.status)) await reclaimJob(job, stores)
  }
}
