import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { PRESET_RESOURCES } from '#http/model-resource.ts'
import type { Stores } from '#stores/connect.ts'
import { ModelParams } from './read-models.ts'

const schema = {
  operationId: 'deleteModel',
  tags: ['datasets and models'],
  summary: 'Delete an upload; jobs that were made from it keep what they need',
  params: ModelParams,
  response: { 204: z.null().describe('Gone.') },
}

export const deleteModelRoute =
  ({ models, blobs }: Pick<Stores, 'models' | 'blobs'>): FastifyPluginAsyncZod =>
  async app => {
    app.delete('/v1/models/:modelId', { schema }, async (request, reply) => {
      const { modelId } = request.params
      if (PRESET_RESOURCES.some(({ id }) => id === modelId))
        throw new AppError('conflict', `${modelId} is built in and stays.`)
      if (!(await models.has(modelId))) throw new AppError('not_found', `There is no model "${modelId}".`)
      await models.delete(modelId)
      await blobs.deleteAll(modelId)
      return reply.code(204).send(null)
    })
  }
