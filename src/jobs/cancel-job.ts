import type { Job } from '#domain/job.ts'
import { cancel } from '#domain/job-decisions.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Cancels a job. It is `cancelled` at once if no worker has it, otherwise `cancelling` until its worker has stopped.
 * @throws AppError `not_found`; `conflict` when the job has succeeded or failed
 */
export async function cancelJob(
  { jobs, control, queue }: Pick<Stores, 'jobs' | 'control' | 'queue'>,
  jobId: string,
): Promise<Job> {
  const { job } = await jobs.append(jobId, cancel)
  if (job.status === 'cancelling') await control.wake(job.id)
  else await queue.remove(job.id)
  return job
}
