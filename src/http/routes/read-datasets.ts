import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { pageOf, wholePage } from '#http/page.ts'

const DatasetResource = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.literal('ready'),
    inputShape: z.array(z.int()),
    classes: z.array(z.string()),
    splits: z.object({ train: z.int(), test: z.int() }),
  })
  .meta({ id: 'Dataset' })

const resources = [...BUILT_IN_DATASETS.values()].map(dataset => ({
  ...dataset,
  status: 'ready' as const,
  inputShape: [...dataset.inputShape],
  classes: [...dataset.classes],
}))

const list = {
  operationId: 'listDatasets',
  tags: ['datasets and models'],
  summary: 'The datasets a job can name',
  response: { 200: pageOf(DatasetResource) },
}

const get = {
  operationId: 'getDataset',
  tags: ['datasets and models'],
  summary: 'One dataset',
  params: z.object({ datasetId: z.string().min(1).max(500) }),
  response: { 200: DatasetResource },
}

export const readDatasetsRoutes: FastifyPluginAsyncZod = async app => {
  app.get('/v1/datasets', { schema: list }, async () => wholePage(resources))
  app.get('/v1/datasets/:datasetId', { schema: get }, async ({ params: { datasetId } }) => {
    const found = resources.find(({ id }) => id === datasetId)
    if (!found) throw new AppError('not_found', `There is no dataset "${datasetId}".`)
    return found
  })
}
