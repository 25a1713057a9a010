import { hostname } from 'node:os'
import type { World } from '#infra/connect.ts'

/**
 * Ends the leases of supervisors that were killed on this host and puts their jobs back into line, without waiting for
 * the leases to run out. To be called before this process has a lease of its own.
 */
export async function buryDeadWorkers({ workers, jobs, queue }: World): Promise<void> {
  const dead = (await workers.list()).filter(({ host, pid }) => host === hostname() && !isAlive(pid))
  for (const { id, jobId } of dead) {
    const job = jobId === undefined ? undefined : await jobs.get(jobId)
    if (job?.worker?.id === id && (job.status === 'running' || job.status === 'cancelling')) {
      await queue.reclaim(job.id, job.spec.priority)
    }
    await workers.leave(id)
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
