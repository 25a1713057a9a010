import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { builtInResources, DatasetResource, datasetResource } from '#http/dataset-resource.ts'
import { Limit, NamePrefix, pageAfter, pageOf, requireCursor } from '#http/page.ts'
import { showable } from '#http/showable.ts'
import type { Stores } from '#stores/connect.ts'

export const DatasetParams = z.object({ datasetId: z.string().min(1).max(500) })

const list = {
  operationId: 'listDatasets',
  tags: ['datasets and models'],
  summary: 'List uploaded datasets, newest first, then the built-in ones',
  querystring: z.strictObject({
    after: z.string().min(1).max(100).optional(),
    limit: Limit,
    name: NamePrefix,
  }),
  response: { 200: pageOf(DatasetResource) },
}

const get = {
  operationId: 'getDataset',
  tags: ['datasets and models'],
  summary: 'Get a dataset',
  params: DatasetParams,
  response: { 200: DatasetResource },
}

export const readDatasetsRoutes =
  ({ datasets }: Pick<Stores, 'datasets'>, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/datasets', { schema: list }, async ({ query, log }) => {
      const all = builtInResources(datasetsDir)
      requireCursor(query.after, 'dataset', all)
      const builtIn = all.filter(({ name }) => name.startsWith(query.name ?? ''))
      return pageAfter(query.after, query.limit, builtIn, async () => {
        const { found, nextAfter } = await datasets.list(query)
        const shown = showable(found, DatasetResource, datasetResource, log)
        return { found: shown.map(datasetResource), nextAfter }
      })
    })
    app.get('/v1/datasets/:datasetId', { schema: get }, async ({ params: { datasetId } }) => {
      const builtIn = builtInResources(datasetsDir).find(({ id }) => id === datasetId)
      if (builtIn) return builtIn
      const upload = await datasets.get(datasetId)
      if (!upload) throw new AppError('not_found', `There is no dataset "${datasetId}".`)
      return datasetResource(upload)
    })
  }
