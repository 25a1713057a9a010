import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { isTerminal, JobStatus } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'
import { DatasetParams } from './read-datasets.ts'

const schema = {
  operationId: 'deleteDataset',
  tags: ['datasets and models'],
  summary: 'Delete an upload that no unfinished job needs',
  params: DatasetParams,
  response: { 204: z.null().describe('Gone; what was trained on it stays.') },
}

export const deleteDatasetRoute =
  ({
    datasets,
    blobs,
    jobs,
    jobIndex,
  }: Pick<Stores, 'datasets' | 'blobs' | 'jobs' | 'jobIndex'>): FastifyPluginAsyncZod =>
  async app => {
    app.delete('/v1/datasets/:datasetId', { schema }, async (request, reply) => {
      const { datasetId } = request.params
      if (BUILT_IN_DATASETS.has(datasetId))
        throw new AppError('conflict', `${datasetId} is built in and stays.`)
      if (!(await datasets.has(datasetId)))
        throw new AppError('not_found', `There is no dataset "${datasetId}".`)
      const user = await findUser(datasetId)
      if (user) throw new AppError('conflict', `The job ${user} still needs it; cancel that first.`)
      await datasets.delete(datasetId)
      await blobs.deleteAll(datasetId)
      return reply.code(204).send(null)
    })

    async function findUser(datasetId: string): Promise<string | undefined> {
      for (const status of JobStatus.options.filter(status => !isTerminal(status))) {
        for await (const ids of jobIndex.idsByStatus(status)) {
          const found = await Promise.all(ids.map(id => jobs.get(id).catch(unlessUnreadable)))
          const user = found.find(job => job?.spec?.dataset?.id === datasetId)
          if (user) return user.id
        }
      }
      return undefined
    }
  }

/** A job that cannot be read will not run either: it needs no dataset. */
function unlessUnreadable(error: Error): undefined {
  if (!(error instanceof SyntaxError)) throw error
}
