import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Stores } from '#stores/connect.ts'
import { deleteModel } from '#uploads/delete-model.ts'
import { ModelParams } from './read-models.ts'

const schema = {
  operationId: 'deleteModel',
  tags: ['datasets and models'],
  summary:
    'Delete an uploaded model; jobs that were created from it keep their copies of its network and weights',
  params: ModelParams,
  response: { 204: z.null().describe('Deleted.') },
}

export const deleteModelRoute =
  (stores: Pick<Stores, 'models' | 'blobs'>): FastifyPluginAsyncZod =>
  async app => {
    app.delete('/v1/models/:modelId', { schema }, async ({ params }, reply) => {
      await deleteModel(stores, params.modelId)
      return reply.code(204).send(null)
    })
  }
