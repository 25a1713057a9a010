import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { ModelResource, modelResource, PRESET_RESOURCES } from '#http/model-resource.ts'
import { Limit, pageAfter, pageOf } from '#http/page.ts'
import type { World } from '#infra/connect.ts'

const ModelParams = z.object({ modelId: z.string().min(1).max(500) })

const list = {
  operationId: 'listModels',
  tags: ['datasets and models'],
  summary: 'Uploads, newest first, and the presets with their parameter counts and defaults',
  querystring: z.strictObject({ after: z.string().min(1).max(100).optional(), limit: Limit }),
  response: { 200: pageOf(ModelResource) },
}

const get = {
  operationId: 'getModel',
  tags: ['datasets and models'],
  summary: 'One preset or upload',
  params: ModelParams,
  response: { 200: ModelResource },
}

const remove = {
  operationId: 'deleteModel',
  tags: ['datasets and models'],
  summary: 'Delete an upload; jobs that were made from it keep what they need',
  params: ModelParams,
  response: { 204: z.null().describe('Gone.') },
}

export const readModelsRoutes =
  ({ models, blobs }: Pick<World, 'models' | 'blobs'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/models', { schema: list }, async ({ query: { after, limit } }) =>
      pageAfter(after, limit, PRESET_RESOURCES, async () =>
        (await models.list(after, limit)).map(modelResource),
      ),
    )
    app.get('/v1/models/:modelId', { schema: get }, async ({ params: { modelId } }) => {
      const preset = PRESET_RESOURCES.find(({ id }) => id === modelId)
      return preset ?? modelResource(await requireUpload(modelId))
    })
    app.delete('/v1/models/:modelId', { schema: remove }, async ({ params: { modelId } }, reply) => {
      if (PRESET_RESOURCES.some(({ id }) => id === modelId))
        throw new AppError('conflict', `${modelId} is built in and stays.`)
      await requireUpload(modelId)
      await models.delete(modelId)
      await blobs.deleteAll(modelId)
      return reply.code(204).send(null)
    })

    async function requireUpload(id: string) {
      const record = await models.get(id)
      if (!record) throw new AppError('not_found', `There is no model "${id}".`)
      return record
    }
  }
