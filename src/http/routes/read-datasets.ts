import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { pageOf, wholePage } from '#http/page.ts'
import { missingFiles } from '#infra/dataset-files.ts'

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

export const readDatasetsRoutes =
  (datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    /** Those that a job can name now. */
    const available = () =>
      [...BUILT_IN_DATASETS.values()]
        .filter(({ id }) => missingFiles(id, datasetsDir).length === 0)
        .map(dataset => ({
          ...dataset,
          status: 'ready' as const,
          inputShape: [...dataset.inputShape],
          classes: [...dataset.classes],
        }))

    app.get('/v1/datasets', { schema: list }, async () => wholePage(available()))
    app.get('/v1/datasets/:datasetId', { schema: get }, async ({ params: { datasetId } }) => {
      const found = available().find(({ id }) => id === datasetId)
      if (!found) throw new AppError('not_found', `There is no dataset "${datasetId}".`)
      return found
    })
  }
