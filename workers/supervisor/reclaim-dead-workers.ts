import { hostname } from 'node:os'
import { isTerminal } from '#domain/job.ts'
import { reclaimJob } from '#jobs/reclaim-job.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Ends the leases of supervisors that were killed on this host and puts their jobs back into line, without waiting for
 * the leases to run out. To be called before this process has a lease of its own.
 */
export async function reclaimDeadWorkers(stores: Stores): Promise<void> {
  for (const { id, host, pid, jobId } of await stores.workers.list()) {
    if (host !== hostname() || isAlive(pid)) continue
    await stores.workers.leave(id)
    const job = jobId === undefined ? undefined : await stores.jobs.get(jobId)
    if (job?.worker?.id === id && !isTerminal(job.status)) await reclaimJob(job, stores)
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
