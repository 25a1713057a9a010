import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobParams } from '#http/job-params.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { seriesToCsv, thinSeries } from '#interchange/report/metric-series.ts'
import { readEpochs } from '#jobs/epoch-series.ts'
import { EpochMetrics } from '#optimization/epoch-metrics.ts'

const Epoch = z.coerce.number().int().min(1)

const schema = {
  operationId: 'getMetrics',
  tags: ['progress'],
  summary: 'Get the metrics of every epoch',
  description:
    'Or of at most `maxPoints` of them, as JSON or CSV. The points are chosen so that each range keeps its minimum and maximum.',
  params: JobParams,
  querystring: z.strictObject({
    fromEpoch: Epoch.default(1),
    toEpoch: Epoch.optional(),
    maxPoints: z.coerce.number().int().min(2).max(100_000).optional(),
    format: z.enum(['json', 'csv']).default('json'),
  }),
  response: {
    200: {
      description: 'The metrics of each epoch.',
      content: {
        'application/json': {
          schema: z.object({ data: z.array(EpochMetrics), shown: z.int(), total: z.int() }),
        },
        'text/csv': { schema: z.string() },
      },
    },
  },
}

export const getMetricsRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/v1/jobs/:jobId/metrics',
      { schema, config: routeConfig({ scope: 'read' }) },
      async (request, reply) => {
        const { params, query } = request
        const stores = storesOf(request)
        const { fromEpoch, toEpoch = Number.POSITIVE_INFINITY, maxPoints, format } = query
        const epochs = await readEpochs(stores, params.jobId)
        const series = epochs.filter(({ epoch }) => epoch >= fromEpoch && epoch <= toEpoch)
        const data = maxPoints === undefined ? series : thinSeries(series, maxPoints)
        if (format === 'json') return { data, shown: data.length, total: series.length }
        return reply.type('text/csv; charset=utf-8').serializer(String).send(seriesToCsv(data))
      },
    )
  }
