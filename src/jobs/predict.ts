import type { Children } from '#children/open-children.ts'
import type { PredictionInputs } from '#children/predictor.ts'
import { type CheckpointRecord, type CheckpointSelector, findCheckpoint } from '#domain/checkpoint.ts'
import { AppError, invalidRequest } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { FormatError } from '#formats/format-error.ts'
import type { PointSelector } from '#optimization/select-point.ts'
import { checkpointSource } from '#stores/blobs/checkpoint-source.ts'
import type { Stores } from '#stores/connect.ts'
import { cutKey, type FoundCut, findCut, loadCut } from './find-cut.ts'
import type { TradeoffStores } from './find-tradeoff.ts'
import { type PredictionAnswer, predictionAnswer } from './prediction-answer.ts'
import { requireKept } from './require-kept.ts'
import { requireStopped } from './require-stopped.ts'

/** The model of a job, or a registered model, at one of its checkpoints. */
export interface JobModel {
  job: Job
  checkpoint: CheckpointRecord
  /** Absent for the trained model without a cut. */
  cut?: FoundCut | undefined
}

/**
 * @param which the checkpoint, by default that of the job's model, and the point of its trade-off
 * @throws AppError `not_found` for a checkpoint or point that does not exist; `artifact_not_ready` unless the job is terminal or paused;
 * `artifact_expired`, `tradeoff_not_ready`
 */
export async function findJobModel(
  stores: TradeoffStores,
  job: Job,
  { checkpoint: which, point }: { checkpoint?: CheckpointSelector | undefined; point?: PointSelector } = {},
): Promise<JobModel> {
  requireStopped(job, 'artifact_not_ready', 'its model can predict')
  const checkpoint = findCheckpoint(job, which)
  if (!checkpoint) requireKept(job, 'checkpoints')
  if (!checkpoint)
    throw new AppError('not_found', 'The job has no such checkpoint, so there is no model to predict with.')
  return { job, checkpoint, cut: point && (await findCut(stores, job, checkpoint, point)) }
}

/**
 * The predictions of a model for some examples.
 * @throws AppError `invalid_request` for a file that is not an image; `limit_exceeded`, `unavailable`; BlobNotFoundError
 */
export async function predict(
  { blobs, predictor, owner }: Pick<Stores, 'blobs' | 'owner'> & Pick<Children, 'predictor'>,
  { job, checkpoint, cut }: JobModel,
  inputs: PredictionInputs,
): Promise<PredictionAnswer> {
  const source = {
    spec: job.spec,
    checkpoint: checkpointSource(blobs, job.id, checkpoint),
    ...(cut && { loadCut: () => loadCut({ blobs }, cut) }),
  }
  const model = [checkpoint.sha256, ...(cut ? Object.values(cutKey(cut)) : [])].join(' ')
  const { outputs } = await predictor.predict({ model, inputs }, source, owner.tenant).catch(error => {
    throw error instanceof FormatError ? invalidRequest('image', error.message) : error
  })
  return predictionAnswer(job.spec, outputs, inputs.count)
}
