import { setTimeout as pause } from 'node:timers/promises'
import type { Stores } from '#stores/connect.ts'

const LOOK_MS = 500
/** Two beats: while Redis refuses writes leases run out; once it takes them, whoever lives has one again by then. */
const PATIENCE_MS = 10_000

/**
 * Whether another worker that lives is at the job. The queue gives a job to a second worker when the first could not renew its
 * lock, which happens to all while Redis refuses writes.
 * @param signal ends the wait for a holder's lease; then the job is left to it, or to the reconciler if it is dead
 */
export async function isHeldElsewhere(
  { jobs, workers }: Pick<Stores, 'jobs' | 'workers'>,
  jobId: string,
  { workerId, signal }: { workerId: string; signal: AbortSignal },
): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const { status, worker } = await jobs.require(jobId)
    if (!['running', 'pausing', 'cancelling'].includes(status)) return false
    if (!worker || worker.id === workerId) return false
    const holder = await workers.get(worker.id)
    if (holder) return holder.jobId === jobId
    if (signal.aborted) return true
    if (performance.now() > until) return false
    await pause(LOOK_MS, undefined, { signal }).catch(() => {})
  }
}
