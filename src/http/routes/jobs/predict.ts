import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { type CheckpointRecord, findCheckpoint } from '#domain/checkpoint.ts'
import { AppError, invalidRequest } from '#domain/error.ts'
import { type Job, mayBeAsked } from '#domain/job.ts'
import { FormatError } from '#formats/format-error.ts'
import { CheckpointQuery } from '#http/checkpoint-query.ts'
import { JobParams } from '#http/job-params.ts'
import { PREDICTION_BODIES, predictionInputs, takeExamples } from '#http/prediction-inputs.ts'
import { EXAMPLES } from '#http/prediction-request.ts'
import { routeConfig } from '#http/route-config.ts'
import { PredictionAnswer, predictionAnswer } from '#jobs/prediction-answer.ts'
import { checkpointSource } from '#stores/blobs/checkpoint-source.ts'
import type { Stores } from '#stores/connect.ts'

const BODY_BYTES = 16 * 1024 * 1024

const schema = {
  operationId: 'predict',
  tags: ['jobs'],
  summary:
    'Ask the model of a job that is over or paused: by JSON, JSON lines, CSV, an image, or a form with image files',
  params: JobParams,
  querystring: z.strictObject({ checkpoint: CheckpointQuery }),
  response: { 200: PredictionAnswer },
}

const config = routeConfig({ bodies: PREDICTION_BODIES })

export const predictRoute =
  ({
    jobs,
    blobs,
    predictor,
  }: Pick<Stores, 'jobs' | 'blobs'> & Pick<Children, 'predictor'>): FastifyPluginAsyncZod =>
  async app => {
    await app.register(multipart, { limits: { fileSize: BODY_BYTES, files: EXAMPLES, fields: 0 } })
    takeExamples(app)
    app.post('/v1/jobs/:jobId/predict', { schema, config, bodyLimit: BODY_BYTES }, async request => {
      const job = await jobs.require(request.params.jobId)
      const checkpoint = modelToAsk(job, request.query.checkpoint)
      const inputs = await predictionInputs(request, job.spec)
      const source = { spec: job.spec, checkpoint: checkpointSource(blobs, job.id, checkpoint) }
      const { outputs } = await predictor
        .predict({ model: checkpoint.sha256, inputs }, source)
        .catch(error => {
          throw error instanceof FormatError ? invalidRequest('image', error.message) : error
        })
      return predictionAnswer(job.spec, outputs, inputs.count)
    })
  }

/** @throws AppError `artifact_not_ready`, `not_found` */
function modelToAsk(job: Job, which: z.infer<typeof CheckpointQuery>): CheckpointRecord {
  if (!mayBeAsked(job.status))
    throw new AppError(
      'artifact_not_ready',
      `The job is ${job.status}; ask its model once it is over or paused.`,
    )
  const checkpoint = findCheckpoint(job, which)
  if (!checkpoint)
    throw new AppError('not_found', 'The job keeps no such checkpoint, so there is no model to ask.')
  return checkpoint
}
