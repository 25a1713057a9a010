import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Stores } from '#stores/connect.ts'
import { deleteDataset } from '#uploads/delete-dataset.ts'
import { DatasetParams } from './read-datasets.ts'

const schema = {
  operationId: 'deleteDataset',
  tags: ['datasets and models'],
  summary: 'Delete an uploaded dataset that no unfinished job needs',
  params: DatasetParams,
  response: { 204: z.null().describe('Deleted. Jobs that trained on it remain.') },
}

export const deleteDatasetRoute =
  (stores: Pick<Stores, 'datasets' | 'blobs' | 'work' | 'jobIndex'>): FastifyPluginAsyncZod =>
  async app => {
    app.delete('/v1/datasets/:datasetId', { schema }, async ({ params }, reply) => {
      await deleteDataset(stores, params.datasetId)
      return reply.code(204).send(null)
    })
  }
