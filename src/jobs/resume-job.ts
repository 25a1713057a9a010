import type { Job } from '#domain/job.ts'
import { resume } from '#domain/job-decisions.ts'
import type { Stores } from '#stores/connect.ts'
import { type ReleaseStores, releaseJobs } from './release-jobs.ts'

/**
 * Queues a paused job again; it continues from its last checkpoint.
 * @throws AppError `not_found`; `conflict` unless the job is paused, queued, running or restarting
 */
export async function resumeJob(stores: Pick<Stores, 'jobs'> & ReleaseStores, jobId: string): Promise<Job> {
  const { job } = await stores.jobs.append(jobId, resume)
  if (job.status === 'queued') await releaseJobs(stores)
  return job
}
