import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { builtInResources, DatasetResource, datasetResource } from '#http/dataset-resource.ts'
import { cursorOf, Limit, NamePrefix, pageAfter, pageOf } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'

export const DatasetParams = z.object({ datasetId: z.string().min(1).max(500) })

const list = {
  operationId: 'listDatasets',
  tags: ['datasets and models'],
  summary: 'List datasets',
  description: 'The uploaded ones, newest first, then the built-in ones.',
  querystring: z.strictObject({
    after: cursorOf('dataset', [...BUILT_IN_DATASETS.keys()]),
    limit: Limit,
    name: NamePrefix,
  }),
  response: { 200: pageOf(DatasetResource) },
}

const get = {
  operationId: 'getDataset',
  tags: ['datasets and models'],
  summary: 'Get a dataset',
  description: 'While it is validated, `status` is `validating`.',
  params: DatasetParams,
  response: { 200: DatasetResource },
}

export const readDatasetsRoutes =
  (storesOf: StoresOf, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/datasets', { schema: list, config: routeConfig({ scope: 'read' }) }, async request => {
      const { query, log } = request
      const stores = storesOf(request)
      const all = builtInResources(datasetsDir)
      const builtIn = all.filter(({ name }) => name.startsWith(query.name ?? ''))
      return pageAfter(query.after, query.limit, builtIn, async () => {
        const { found, nextAfter } = await stores.datasets.list(query)
        const shown = showable(found, DatasetResource, datasetResource, log)
        return {
          found: shown.map(record => ({ cursor: record.id, item: datasetResource(record) })),
          nextAfter,
        }
      })
    })
    app.get(
      '/v1/datasets/:datasetId',
      { schema: get, config: routeConfig({ scope: 'read' }) },
      async request => {
        const {
          params: { datasetId },
        } = request
        const stores = storesOf(request)
        const builtIn = builtInResources(datasetsDir).find(({ id }) => id === datasetId)
        if (builtIn) return builtIn
        const upload = await stores.datasets.get(datasetId)
        if (!upload) throw new AppError('not_found', `There is no dataset "${datasetId}".`)
        return datasetResource(upload)
      },
    )
  }
