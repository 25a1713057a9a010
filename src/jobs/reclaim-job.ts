import { type Job, RefusedEvent } from '#domain/job.ts'
import { inAttempt, loseAttempt } from '#domain/job-decisions.ts'
import type { ServiceStores } from '#stores/connect.ts'

/**
 * Ends the attempt of a dead worker and queues the job again, even if the worker still holds its lock.
 * @returns the changed job; undefined if the job has changed meanwhile
 */
export async function reclaimJob(
  held: Job,
  { work, queue }: Pick<ServiceStores, 'work' | 'queue'>,
): Promise<Job | undefined> {
  try {
    const { job } = await work.append(held.id, inAttempt(held.attempt, loseAttempt('worker_lost')))
    if (job.status === 'restarting') await queue.reclaim(job.id)
    else await queue.remove(job.id)
    return job
  } catch (error) {
    if (error instanceof RefusedEvent) return undefined
    throw error
  }
}
