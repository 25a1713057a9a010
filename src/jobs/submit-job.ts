import type { Logger } from 'pino'
import type { Warning } from '#domain/event.ts'
import { type Job, type Origin, queuedJob } from '#domain/job.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'
import { newId } from '#stores/new-id.ts'
import { requireMemory } from './check-memory.ts'
import { type JobStores, resolveJob } from './resolve-job.ts'

/** How a job is submitted, besides what it is. */
export interface Submission {
  claim?: IdempotencyClaim | undefined
  log: Pick<Logger, 'warn'>
}

/** A job as the store has it, or as it was first answered when the claim has already made one. */
export interface Submitted {
  job: Job
  replayed: boolean
}

/** A job that is not stored yet. */
export interface JobDraft {
  spec: TrainingSpec
  warnings: Warning[]
  origin: Origin
  /** Stores the files that the job starts from in its namespace. @returns what the job says of them */
  bringFiles?: (jobId: string) => Promise<Origin & { warnings?: Warning[] }>
}

/**
 * Submits a job.
 * @throws AppError `invalid_request`, `dataset_not_ready`, `insufficient_memory`, `idempotency_key_reused`
 */
export async function submitJob(
  stores: JobStores,
  request: JobRequest,
  submission: Submission,
): Promise<Submitted> {
  return await submitOnce(stores, submission, () => draftJob(stores, request))
}

/** @throws AppError as `submitJob` does */
export async function draftJob(stores: JobStores, request: JobRequest): Promise<JobDraft> {
  const { spec, warnings, initFile } = await resolveJob(stores, request)
  const origin = request.name === undefined ? {} : { name: request.name }
  return { spec, warnings, origin, ...(initFile && { bringFiles: bringFile(stores, initFile) }) }
}

export function bringFile({ blobs }: Pick<JobStores, 'blobs'>, file: Uint8Array) {
  return async (jobId: string) => {
    await blobs.put(jobId, [file])
    return {}
  }
}

/** Stores and enqueues a job, unless the claim has made one before: what that was made from may be gone, its answer is not. */
export async function submitOnce(
  stores: JobStores,
  { claim, log }: Submission,
  draft: () => Promise<JobDraft>,
): Promise<Submitted> {
  const earlier = claim && (await stores.idempotency.find(claim))
  if (earlier) return { job: earlier, replayed: true }
  const { spec, warnings, origin, bringFiles } = await draft()
  await requireMemory(stores, spec)
  const jobId = newId('job')
  // If storing the job throws, its files stay: it may have been stored even so. The hourly sweep deletes what no job names.
  const { warnings: more = [], ...brought } = (await bringFiles?.(jobId)) ?? {}
  const createdAt = new Date().toISOString()
  const details = { ...origin, ...brought, warnings: [...warnings, ...more], createdAt }
  const queued = queuedJob(jobId, spec, details)
  const { job, replayed } = claim
    ? await stores.idempotency.create(queued, claim)
    : { job: await stores.jobs.create(queued), replayed: false }
  if (!replayed) await enqueue(stores, job, log)
  else if (bringFiles) await stores.blobs.deleteAll(jobId)
  return { job, replayed }
}

/** The job is stored and cannot be lost: what the queue misses, the reconciler brings. */
async function enqueue({ queue }: JobStores, { id, spec }: Job, log: Submission['log']): Promise<void> {
  await queue
    .enqueue(id, spec.priority)
    .catch(err => log.warn({ err, jobId: id }, 'a job waits for the reconciler to enqueue it'))
}
