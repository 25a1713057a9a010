import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobParams } from '#http/job-params.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { layerSeries, readEpochs } from '#jobs/epoch-series.ts'

const LayerSeries = z.object({
  name: z.string(),
  shape: z.array(z.int()),
  size: z.int(),
  nonzero: z.array(z.int()).describe('One count per epoch, in the order of `epochs`.'),
})

const schema = {
  operationId: 'getLayers',
  tags: ['progress'],
  summary: 'Get the non-zero counts by layer',
  description: 'By epoch too, for a sparsity heat map.',
  params: JobParams,
  response: { 200: z.object({ epochs: z.array(z.int()), layers: z.array(LayerSeries) }) },
}

export const getLayersRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId/layers', { schema, config: routeConfig({ scope: 'read' }) }, async request => {
      const { params } = request
      const stores = storesOf(request)
      const epochs = await readEpochs(stores, params.jobId)
      return { epochs: epochs.map(({ epoch }) => epoch), layers: layerSeries(epochs) }
    })
  }
