import type { Job } from '#domain/job.ts'
import { resume } from '#domain/job-decisions.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Queues a paused job again; it continues from its last checkpoint.
 * @throws AppError `not_found`; `conflict` unless the job is paused, queued, running or restarting
 */
export async function resumeJob(
  { jobs, queue }: Pick<Stores, 'jobs' | 'queue'>,
  jobId: string,
): Promise<Job> {
  const { job } = await jobs.append(jobId, resume)
  if (job.status === 'queued') await queue.enqueue(job.id, job.spec.priority)
  return job
}
