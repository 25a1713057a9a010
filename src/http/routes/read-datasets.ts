import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { builtInResources, DatasetResource, datasetResource } from '#http/dataset-resource.ts'
import { Limit, pageOf } from '#http/page.ts'
import type { World } from '#infra/connect.ts'

export const DatasetParams = z.object({ datasetId: z.string().min(1).max(500) })

const list = {
  operationId: 'listDatasets',
  tags: ['datasets and models'],
  summary: 'Uploads, newest first, and what is built in',
  querystring: z.strictObject({ after: z.string().min(1).max(100).optional(), limit: Limit }),
  response: { 200: pageOf(DatasetResource) },
}

const get = {
  operationId: 'getDataset',
  tags: ['datasets and models'],
  summary: 'One dataset',
  params: DatasetParams,
  response: { 200: DatasetResource },
}

export const readDatasetsRoutes =
  ({ datasets }: Pick<World, 'datasets'>, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/datasets', { schema: list }, async ({ query: { after, limit } }) => {
      const builtIn = builtInResources(datasetsDir)
      const place = builtIn.findIndex(({ id }) => id === after)
      const uploads = place < 0 ? (await datasets.list(after, limit)).map(datasetResource) : []
      const rest = [...uploads, ...builtIn.slice(place + 1)]
      const data = rest.slice(0, limit)
      const hasMore = rest.length > limit
      return { data, hasMore, nextAfter: hasMore ? data.at(-1)!.id : null }
    })
    app.get('/v1/datasets/:datasetId', { schema: get }, async ({ params: { datasetId } }) => {
      const builtIn = builtInResources(datasetsDir).find(({ id }) => id === datasetId)
      if (builtIn) return builtIn
      const upload = await datasets.get(datasetId)
      if (!upload) throw new AppError('not_found', `There is no dataset "${datasetId}".`)
      return datasetResource(upload)
    })
  }
