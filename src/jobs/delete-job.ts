import { AppError } from '#domain/error.ts'
import { isTerminal } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Deletes a terminal job, with its history, checkpoints and artifacts. @throws AppError `not_found`; `conflict` when the job is not
 * terminal
 */
export async function deleteJob(
  { jobs, blobs }: Pick<Stores, 'jobs' | 'blobs'>,
  jobId: string,
): Promise<void> {
  const job = await jobs.require(jobId)
  if (!isTerminal(job.status))
    throw new AppError(
      'conflict',
      `The job is ${job.status}. Cancel it first, and delete it when it has ended.`,
    )
  await blobs.deleteAll(job.id)
  await jobs.delete(job)
}
