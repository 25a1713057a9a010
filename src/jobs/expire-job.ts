import type { Job } from '#domain/job.ts'
import { dueKinds, type ExpiringKind } from '#domain/retention.ts'
import type { Stores } from '#stores/connect.ts'
import { isUnderWay } from '#sweeps/sweep.ts'
import { namedFiles } from './named-files.ts'

/** What became of the files of a job: the kinds that were deleted, or why they are still there. */
export type Expiry =
  | { type: 'deleted'; kinds: readonly ExpiringKind[] }
  /** The sweep of the job reads its files. */
  | { type: 'needed'; sweepId: string }
  | { type: 'notDue' }

type ExpireStores = Pick<Stores, 'jobs' | 'sweeps' | 'exports' | 'analysisIndex' | 'blobs'>

/**
 * Deletes the files of a job whose retention period has ended. The record of the job changes first: if the process ends before all files are
 * deleted, the others are blobs without a reference, which are deleted hourly.
 * @param now in milliseconds since 1970
 */
export async function expireJob(stores: ExpireStores, jobId: string, now: number): Promise<Expiry> {
  const job = await stores.jobs.get(jobId)
  if (!job || dueKinds(job, now).length === 0) return { type: 'notDue' }
  const { sweepId } = job
  const sweep = sweepId === undefined ? undefined : await stores.sweeps.get(sweepId)
  if (sweep && isUnderWay(sweep)) return { type: 'needed', sweepId: sweep.id }
  const exported = await stores.exports.list(jobId)
  const after = await stores.jobs.revise(jobId, before => withoutExpired(before, now))
  const named = await namedFiles(stores, after, exported)
  const files = [...job.checkpoints, ...job.artifacts, ...exported.values()]
  const digests = new Set(files.map(({ sha256 }) => sha256))
  for (const sha256 of digests) if (!named.has(sha256)) await stores.blobs.delete(jobId, sha256)
  return { type: 'deleted', kinds: dueKinds(job, now) }
}

function withoutExpired(job: Job, now: number): Job {
  const kinds = dueKinds(job, now)
  const time = new Date(now).toISOString()
  return {
    ...job,
    ...Object.fromEntries(kinds.map(kind => [kind, []])),
    expired: { ...job.expired, ...Object.fromEntries(kinds.map(kind => [kind, time])) },
  }
}
