import type { Job } from '#domain/job.ts'
import { pause } from '#domain/job-decisions.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Pauses a job. It is `paused` at once if it is queued, otherwise `pausing` until its worker has made a checkpoint.
 * @throws AppError `not_found`; `conflict` when the job is terminal or is being cancelled
 */
export async function pauseJob(
  { jobs, control, queue }: Pick<Stores, 'jobs' | 'control' | 'queue'>,
  jobId: string,
): Promise<Job> {
  const { job } = await jobs.append(jobId, pause)
  if (job.status === 'pausing') await control.wake(job.id)
  else await queue.remove(job.id)
  return job
}
