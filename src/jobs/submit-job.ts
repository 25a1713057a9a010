import type { Logger } from 'pino'
import { ownedBy } from '#access/owner.ts'
import { quotaExceeded } from '#access/quota-exceeded.ts'
import { invalidRequest } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import { type Job, type Origin, queuedJob } from '#domain/job.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'
import { newId } from '#stores/new-id.ts'
import { type Allowed, allowedTo } from '#stores/tenant-limits.ts'
import { creationLimits, requireAllowed } from './allowed.ts'
import { requireMemory } from './check-memory.ts'
import { releaseJobs } from './release-jobs.ts'
import { type JobStores, resolveJob } from './resolve-job.ts'

/** The options of a submission. */
export interface Submission {
  claim?: IdempotencyClaim | undefined
  /** The sweep that submits the job. */
  sweepId?: string
  log: Pick<Logger, 'warn'>
}

/** The stored job; that of the first response if the claim was used before. */
export interface Submitted {
  job: Job
  replayed: boolean
}

/** A job or an analysis that is not stored yet. */
export interface JobDraft {
  spec: TrainingSpec
  warnings: Warning[]
  origin: Origin
  /** The checkpoint of `init`. */
  initFile?: Uint8Array
  /** The epochs that a job which it continues has trained. */
  trainedEpochs?: number
  /** Copies the files that the job starts from into its namespace. @returns fields of the job that follow from them */
  copyFiles?: (jobId: string) => Promise<Origin & { warnings?: Warning[] }>
}

/**
 * Submits a job.
 * @throws AppError `invalid_request`, `dataset_not_ready`, `insufficient_memory`, `limit_exceeded`, `quota_exceeded`,
 * `idempotency_key_reused`
 */
export async function submitJob(
  stores: JobStores,
  request: JobRequest,
  submission: Submission,
): Promise<Submitted> {
  return await submitOnce(stores, submission, allowed => draftJob(stores, request, allowed))
}

/** @throws AppError as `submitJob` does */
export async function draftJob(stores: JobStores, request: JobRequest, allowed?: Allowed): Promise<JobDraft> {
  const { spec, warnings, initFile } = await resolveJob(stores, request, { allowed })
  const origin = request.name === undefined ? {} : { name: request.name }
  return { spec, warnings, origin, ...(initFile && { initFile, copyFiles: copyFile(stores, initFile) }) }
}

export function copyFile({ blobs }: Pick<JobStores, 'blobs'>, file: Uint8Array) {
  return async (jobId: string) => {
    await blobs.put(jobId, [file])
    return {}
  }
}

/**
 * Stores a job or an analysis and releases it if a worker is free, unless the claim was used before: then the job of the first response is returned, even if its sources have
 * been deleted.
 */
export async function submitOnce(
  stores: JobStores,
  { claim, sweepId, log }: Submission,
  draft: (allowed: Allowed) => Promise<JobDraft>,
): Promise<Submitted> {
  const [earlier, allowed] = await Promise.all([claim && stores.idempotency.find(claim), allowedTo(stores)])
  if (earlier) return { job: earlier, replayed: true }
  const { spec, warnings, origin, copyFiles } = await draft(allowed)
  requireAllowed(spec, allowed)
  await requireMemory(stores, spec, origin.analysis)
  const jobId = newId(origin.analysis ? 'analysis' : 'job')
  // If storing the job throws, its files remain, because the job may have been stored nevertheless. Orphan blobs are deleted hourly.
  const { warnings: more = [], ...copied } = (await copyFiles?.(jobId)) ?? {}
  const createdAt = new Date().toISOString()
  const ofSweep = sweepId === undefined ? {} : { sweepId }
  const owned = ownedBy(stores.owner)
  const details = { ...origin, ...copied, ...ofSweep, ...owned, warnings: [...warnings, ...more], createdAt }
  const queued = queuedJob(jobId, spec, details)
  const created = await stores.jobs.create(queued, { claim, limits: creationLimits(allowed) })
  if (created.type === 'stored') await release(stores, created, log)
  else if (copyFiles) await stores.blobs.deleteAll(jobId)
  if (created.type === 'stored') stores.usage.note(stores.owner, 'jobs', 1)
  if (created.type === 'refused') throw quotaExceeded(created.use)
  if (created.type === 'orphaned')
    throw invalidRequest('dataset.id', `there is no dataset ${spec.dataset.id}; it was deleted meanwhile`)
  return { job: created.job, replayed: created.type === 'replayed' }
}

/** The job is stored, so it is released later if this fails. */
async function release(
  stores: JobStores,
  { job, released }: { job: Job; released: number },
  log: Submission['log'],
): Promise<void> {
  try {
    const workers = await stores.workers.recent()
    if (released < workers.length) await releaseJobs(stores)
  } catch (err) {
    log.warn({ err, jobId: job.id }, 'could not release a job to the workers; it is released later')
  }
}
