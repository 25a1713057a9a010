import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Children } from '#children/open-children.ts'
import { POINT_QUERY, readPointQuery } from '#http/point-query.ts'
import { PREDICTION_BODIES, predictionInputs, takeExamples } from '#http/prediction-inputs.ts'
import { PREDICTION_BYTES } from '#http/prediction-request.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { predict } from '#jobs/predict.ts'
import { PredictionAnswer } from '#jobs/prediction-answer.ts'
import { findRegisteredModel, requireRegistered } from '#jobs/registered-model.ts'
import { withFiles } from '#jobs/with-files.ts'
import { ModelParams } from './read-models.ts'

const schema = {
  operationId: 'predictByModel',
  tags: ['datasets and models'],
  summary: 'Predict with a registered model',
  description:
    'Its version (`digits@3`), or with a name alone (`digits`) the newest one. The bodies are those for the model of a job.',
  params: ModelParams,
  querystring: z.strictObject(POINT_QUERY),
  response: { 200: PredictionAnswer },
}

const config = routeConfig({
  scope: 'read',
  bodies: PREDICTION_BODIES,
  problems: ['conflict', 'tradeoff_not_ready', 'limit_exceeded'],
})

export const predictByModelRoute =
  (storesOf: StoresOf<Pick<Children, 'predictor'>>): FastifyPluginAsyncZod =>
  async app => {
    await takeExamples(app)
    const options = { schema, config, bodyLimit: PREDICTION_BYTES }
    app.post('/v1/models/:modelId/predict', options, async request => {
      const stores = storesOf(request)
      const { point } = readPointQuery(request.query)
      const find = async () =>
        await findRegisteredModel(stores, await requireRegistered(stores, request.params.modelId), point)
      return await withFiles(find, async model =>
        predict(stores, model, await predictionInputs(request, model.job.spec)),
      )
    })
  }
