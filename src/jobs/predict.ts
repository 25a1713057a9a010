import type { Children } from '#children/open-children.ts'
import type { PredictionInputs } from '#children/predictor.ts'
import { type CheckpointRecord, type CheckpointSelector, findCheckpoint } from '#domain/checkpoint.ts'
import { AppError, invalidRequest } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { FormatError } from '#formats/format-error.ts'
import { checkpointSource } from '#stores/blobs/checkpoint-source.ts'
import type { Stores } from '#stores/connect.ts'
import { type PredictionAnswer, predictionAnswer } from './prediction-answer.ts'
import { requireStopped } from './require-stopped.ts'

/** The model of a job at one of its checkpoints. */
export interface JobModel {
  job: Job
  checkpoint: CheckpointRecord
}

/**
 * @param which the checkpoint; that of the job's model if it is not given
 * @throws AppError `not_found` for a job or checkpoint that does not exist; `artifact_not_ready` unless the job is terminal or paused
 */
export async function findJobModel(
  { jobs }: Pick<Stores, 'jobs'>,
  jobId: string,
  which?: CheckpointSelector,
): Promise<JobModel> {
  const job = await jobs.require(jobId)
  requireStopped(job, 'artifact_not_ready', 'its model can predict')
  const checkpoint = findCheckpoint(job, which)
  if (!checkpoint)
    throw new AppError('not_found', 'The job has no such checkpoint, so there is no model to predict with.')
  return { job, checkpoint }
}

/**
 * The predictions of a model for some examples.
 * @throws AppError `invalid_request` for a file that is not an image; `limit_exceeded`, `unavailable`
 */
export async function predict(
  { blobs, predictor }: Pick<Stores, 'blobs'> & Pick<Children, 'predictor'>,
  { job, checkpoint }: JobModel,
  inputs: PredictionInputs,
): Promise<PredictionAnswer> {
  const source = { spec: job.spec, checkpoint: checkpointSource(blobs, job.id, checkpoint) }
  const { outputs } = await predictor.predict({ model: checkpoint.sha256, inputs }, source).catch(error => {
    throw error instanceof FormatError ? invalidRequest('image', error.message) : error
  })
  return predictionAnswer(job.spec, outputs, inputs.count)
}
