import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { CheckpointQuery } from '#http/checkpoint-query.ts'
import { JobParams } from '#http/job-params.ts'
import { POINT_QUERY, readPointQuery } from '#http/point-query.ts'
import { PREDICTION_BODIES, predictionInputs, takeExamples } from '#http/prediction-inputs.ts'
import { PREDICTION_BYTES } from '#http/prediction-request.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { findJobModel, predict } from '#jobs/predict.ts'
import { PredictionAnswer } from '#jobs/prediction-answer.ts'
import { withFiles } from '#jobs/with-files.ts'

const schema = {
  operationId: 'predict',
  tags: ['jobs'],
  summary: 'Predict with the model of a job',
  description:
    'The job has ended or is paused. Examples are JSON, JSON lines, CSV, an image, or a form with image files.',
  params: JobParams,
  querystring: z.strictObject({ checkpoint: CheckpointQuery, ...POINT_QUERY }),
  response: { 200: PredictionAnswer },
}

const config = routeConfig({
  scope: 'read',
  bodies: PREDICTION_BODIES,
  problems: ['artifact_not_ready', 'tradeoff_not_ready', 'artifact_expired', 'limit_exceeded'],
})

export const predictRoute =
  (storesOf: StoresOf<Pick<Children, 'predictor'>>): FastifyPluginAsyncZod =>
  async app => {
    await takeExamples(app)
    const options = { schema, config, bodyLimit: PREDICTION_BYTES }
    app.post('/v1/jobs/:jobId/predict', options, async request => {
      const stores = storesOf(request)
      const find = async () =>
        await findJobModel(
          stores,
          await stores.jobs.require(request.params.jobId),
          readPointQuery(request.query),
        )
      return await withFiles(find, async model =>
        predict(stores, model, await predictionInputs(request, model.job.spec)),
      )
    })
  }
