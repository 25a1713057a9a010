import { AppError } from '#domain/error.ts'
import { isTerminal, type Job, nounOf } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'
import { isUnderWay } from '#sweeps/sweep.ts'

/**
 * Deletes a terminal job or analysis, with its history, checkpoints and artifacts.
 * @throws AppError `not_found`; `conflict` unless the job and its sweep are terminal
 */
export async function deleteJob(
  { jobs, blobs, sweeps }: Pick<Stores, 'jobs' | 'blobs' | 'sweeps'>,
  jobId: string,
): Promise<void> {
  const job = await jobs.require(jobId)
  if (!isTerminal(job.status))
    throw new AppError(
      'conflict',
      `The ${nounOf(job)} is ${job.status}. Cancel it first, and delete it when it has ended.`,
    )
  await requireSweepEnded(sweeps, job)
  await blobs.deleteAll(job.id)
  await jobs.delete(job)
}

/** A sweep reads the metrics of its jobs, and continues some from their checkpoints. @throws AppError `conflict` */
async function requireSweepEnded(sweeps: Stores['sweeps'], { sweepId }: Job): Promise<void> {
  const sweep = sweepId === undefined ? undefined : await sweeps.get(sweepId)
  if (sweep && isUnderWay(sweep))
    throw new AppError(
      'conflict',
      `The job belongs to ${sweepId}, which is ${sweep.state.status}. Delete it when the sweep has ended.`,
    )
}
