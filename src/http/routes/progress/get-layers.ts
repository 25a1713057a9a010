import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobParams } from '#http/job-params.ts'
import { layerSeries, readEpochs } from '#jobs/epoch-series.ts'
import type { Stores } from '#stores/connect.ts'

const LayerSeries = z.object({
  name: z.string(),
  shape: z.array(z.int()),
  size: z.int(),
  nonzero: z.array(z.int()).describe('One count per epoch, in the order of `epochs`.'),
})

const schema = {
  operationId: 'getLayers',
  tags: ['progress'],
  summary: 'Get the non-zero counts by layer and epoch, for a sparsity heat map',
  params: JobParams,
  response: { 200: z.object({ epochs: z.array(z.int()), layers: z.array(LayerSeries) }) },
}

export const getLayersRoute =
  (stores: Pick<Stores, 'jobs' | 'events'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId/layers', { schema }, async ({ params }) => {
      const epochs = await readEpochs(stores, params.jobId)
      return { epochs: epochs.map(({ epoch }) => epoch), layers: layerSeries(epochs) }
    })
  }
