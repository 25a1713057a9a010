import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobParams } from '#http/job-params.ts'
import { epochSeries } from '#interchange/report/metric-series.ts'
import type { Stores } from '#stores/connect.ts'

const LayerSeries = z.object({
  name: z.string(),
  shape: z.array(z.int()),
  size: z.int(),
  nonzero: z.array(z.int()).describe('One count an epoch, in the order of `epochs`.'),
})

const schema = {
  operationId: 'getLayers',
  tags: ['progress'],
  summary: 'Non-zero counts by layer and epoch: the sparsity heat map',
  params: JobParams,
  response: { 200: z.object({ epochs: z.array(z.int()), layers: z.array(LayerSeries) }) },
}

export const getLayersRoute =
  ({ jobs, events }: Pick<Stores, 'jobs' | 'events'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId/layers', { schema }, async request => {
      const job = await jobs.require(request.params.jobId)
      const series = epochSeries(await events.readAll(job))
      const layers = (series.at(-1)?.layers ?? []).map(({ name, shape, size }, index) => ({
        name,
        shape,
        size,
        nonzero: series.map(({ layers }) => layers[index]!.nonzero),
      }))
      return { epochs: series.map(({ epoch }) => epoch), layers }
    })
  }
