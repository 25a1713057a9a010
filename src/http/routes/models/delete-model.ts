import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { deleteModel } from '#uploads/delete-model.ts'
import { ModelParams } from './read-models.ts'

const schema = {
  operationId: 'deleteModel',
  tags: ['datasets and models'],
  summary: 'Delete a model',
  description:
    'An uploaded one, or a version of a registered one (`digits@3`). Jobs that were created from it keep their copies of its network and weights, and the number of the version is not used again.',
  params: ModelParams,
  response: { 204: z.null().describe('Deleted.') },
}

export const deleteModelRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.delete(
      '/v1/models/:modelId',
      { schema, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const { params } = request
        const stores = storesOf(request)
        await deleteModel(stores, params.modelId)
        return reply.code(204).send(null)
      },
    )
  }
