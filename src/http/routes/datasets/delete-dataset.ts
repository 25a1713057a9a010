import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { deleteDataset } from '#uploads/delete-dataset.ts'
import { DatasetParams } from './read-datasets.ts'

const schema = {
  operationId: 'deleteDataset',
  tags: ['datasets and models'],
  summary: 'Delete an uploaded dataset',
  description: 'Refused with 409 while an unfinished job needs it.',
  params: DatasetParams,
  response: { 204: z.null().describe('Deleted. Jobs that trained on it remain.') },
}

export const deleteDatasetRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.delete(
      '/v1/datasets/:datasetId',
      { schema, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const { params } = request
        const stores = storesOf(request)
        await deleteDataset(stores, params.datasetId)
        return reply.code(204).send(null)
      },
    )
  }
