import { type Owner, ownedBy } from '#access/owner.ts'
import { quotaExceeded } from '#access/quota-exceeded.ts'
import { ARTIFACT_FILES, type Artifact } from '#domain/artifact.ts'
import { type CheckpointRecord, findCheckpoint } from '#domain/checkpoint.ts'
import { invalidRequest } from '#domain/error.ts'
import { type Job, queuedJob } from '#domain/job.ts'
import type { RegistrationRequest } from '#domain/model-spec.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import { checkBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'
import { newId } from '#stores/new-id.ts'
import { storageLimits } from '#stores/stored-bytes.ts'
import { allowedTo } from '#stores/tenant-limits.ts'
import type { RegisteredModel } from '#stores/upload-records.ts'
import { readEpochs } from './epoch-series.ts'
import { findTradeoff, STATISTICS_FILE, type StoredFile, TRADEOFF_FILE } from './find-tradeoff.ts'
import { whyExpired } from './require-kept.ts'
import { requireStopped } from './require-stopped.ts'
import { checkpointOptimizer } from './start-from-checkpoint.ts'

type RegisterStores = Pick<
  Stores,
  'owner' | 'jobs' | 'events' | 'models' | 'blobs' | 'analysisIndex' | 'tenantSettings' | 'keys'
>

/**
 * Makes the model of a job the next version of a name. It has copies of everything that predictions, exports and later jobs need, so it does
 * not depend on the job or on its dataset.
 * @returns the version; that of an earlier request with the same claim, if there is one
 * @throws AppError `invalid_request` for a job, a checkpoint or a name; `artifact_not_ready` unless the job is terminal or paused;
 * `quota_exceeded`, `idempotency_key_reused`
 */
export async function registerModel(
  stores: RegisterStores,
  request: RegistrationRequest,
  claim?: IdempotencyClaim,
): Promise<{ model: RegisteredModel; replayed: boolean }> {
  const earlier = claim && (await stores.models.findClaimed(claim))
  if (earlier) return { model: earlier, replayed: true }
  const job = await stores.jobs.get(request.jobId)
  if (!job) throw invalidRequest('jobId', `there is no job ${request.jobId}`)
  requireStopped(job, 'artifact_not_ready', 'its model can be registered')
  const checkpoint = chosenCheckpoint(job, request.checkpoint)
  const id = newId('model')
  // If storing the record throws, the files remain, because it may have been stored nevertheless. Orphan blobs are deleted hourly.
  const artifacts = await copyFiles(stores, job, checkpoint, id)
  const { sha256, sizeBytes, phase } = checkpoint
  const model = {
    id,
    name: request.name,
    ...ownedBy(stores.owner),
    createdAt: new Date().toISOString(),
    model: job.spec.model,
    weights: { sha256, sizeBytes, hasState: checkpointOptimizer(job.spec, phase) !== undefined },
    jobId: job.id,
    source: sourceOf(job, {
      id,
      owner: stores.owner,
      checkpoint,
      artifacts,
      metrics: await metricsAt(stores, job, checkpoint),
    }),
  }
  const limits = storageLimits(await allowedTo(stores))
  const registered = await stores.models.register(model, { limits, claim })
  if (registered.type !== 'stored') await stores.blobs.deleteAll(id)
  if (registered.type === 'refused') throw quotaExceeded(registered.use)
  return { model: registered.model, replayed: registered.type === 'replayed' }
}

function chosenCheckpoint(job: Job, which: RegistrationRequest['checkpoint']): CheckpointRecord {
  const checkpoint = findCheckpoint(job, which)
  if (checkpoint) return checkpoint
  const expired = whyExpired(job, 'checkpoints')
  if (expired) throw invalidRequest('jobId', `has no model any more: ${expired}`)
  const epochs = job.checkpoints.map(({ epoch }) => epoch).join(', ') || 'none'
  if (which === undefined || epochs === 'none')
    throw invalidRequest('jobId', `must be a job with a model: ${job.id} has completed no epoch`)
  throw invalidRequest(
    'checkpoint',
    `${job.id} has no such checkpoint; it has checkpoints of epochs: ${epochs}`,
  )
}

/**
 * Copies the checkpoint, and the newest trade-off of its model if there is one.
 * @returns the files of the trade-off
 */
async function copyFiles(
  stores: RegisterStores,
  job: Job,
  checkpoint: CheckpointRecord,
  modelId: string,
): Promise<Artifact[]> {
  const { blobs } = stores
  const copy = async ({ namespace, sha256 }: StoredFile) => {
    const copied = await blobs.copy(namespace, sha256, modelId)
    await checkBlob(blobs, modelId, sha256)
    return copied
  }
  try {
    await copy({ namespace: job.id, sha256: checkpoint.sha256 })
    const found = await findTradeoff(stores, job, checkpoint)
    const files = [
      [TRADEOFF_FILE, found?.file],
      [STATISTICS_FILE, found?.statistics],
    ] as const
    const artifacts: Artifact[] = []
    for (const [name, file] of files) {
      const { mediaType, description } = ARTIFACT_FILES[name]
      if (file) artifacts.push({ name, mediaType, description, ...(await copy(file)) })
    }
    return artifacts
  } catch (error) {
    await blobs.deleteAll(modelId)
    if (!(error instanceof BlobNotFoundError)) throw error
    // A paused job that is resumed deletes older checkpoints, and the job may be deleted.
    throw invalidRequest('jobId', `the files of ${job.id} were deleted meanwhile; try again`)
  }
}

/** The metrics of the epoch of a checkpoint. */
async function metricsAt(
  stores: RegisterStores,
  { id, metrics }: Job,
  { epoch }: CheckpointRecord,
): Promise<EpochMetrics | undefined> {
  if (metrics?.epoch === epoch) return metrics
  return (await readEpochs(stores, id)).find(entry => entry.epoch === epoch)
}

/** The job as a model keeps it: a job that has ended, with the checkpoint of the model as its only one. */
function sourceOf(
  { spec, warnings, createdAt, finishedAt = createdAt }: Job,
  model: {
    id: string
    owner: Owner
    checkpoint: CheckpointRecord
    artifacts: Artifact[]
    metrics: EpochMetrics | undefined
  },
): Job {
  const { id, owner, checkpoint, artifacts, metrics } = model
  return {
    ...queuedJob(id, spec, { warnings, createdAt, ...ownedBy(owner) }),
    status: 'succeeded',
    finishedAt,
    checkpoints: [checkpoint],
    artifacts,
    ...(metrics && { metrics }),
  }
}
