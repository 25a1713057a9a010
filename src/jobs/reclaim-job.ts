import { type Job, RefusedEvent } from '#domain/job.ts'
import { inAttempt, loseAttempt } from '#domain/job-decisions.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Ends the attempt of a worker that is dead and puts the job back into line, whatever lock is still on it.
 * @returns the job as it is then; undefined when it went on meanwhile
 */
export async function reclaimJob(
  held: Job,
  { jobs, queue }: Pick<Stores, 'jobs' | 'queue'>,
): Promise<Job | undefined> {
  try {
    const { job } = await jobs.append(held.id, inAttempt(held.attempt, loseAttempt('worker_lost')))
    if (job.status === 'restarting') await queue.reclaim(job.id, job.spec.priority)
    else await queue.remove(job.id)
    return job
  } catch (error) {
    if (error instanceof RefusedEvent) return undefined
    throw error
  }
}
