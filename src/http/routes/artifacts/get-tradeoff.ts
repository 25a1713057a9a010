import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CheckpointQuery } from '#http/checkpoint-query.ts'
import { JobParams } from '#http/job-params.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { readTradeoff } from '#jobs/find-tradeoff.ts'
import { Tradeoff, tradeoffToCsv } from '#optimization/tradeoff.ts'

const schema = {
  operationId: 'getTradeoff',
  tags: ['artifacts'],
  summary: "Get the newest trade-off of a job's model",
  description: 'Its accuracy and size at other sparsities, as JSON or CSV.',
  params: JobParams,
  querystring: z.strictObject({
    checkpoint: CheckpointQuery,
    format: z.enum(['json', 'csv']).default('json'),
  }),
  response: {
    200: {
      description: 'The measured points.',
      content: { 'application/json': { schema: Tradeoff }, 'text/csv': { schema: z.string() } },
    },
  },
}

export const getTradeoffRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/v1/jobs/:jobId/tradeoff',
      {
        schema,
        config: routeConfig({ scope: 'read', problems: ['tradeoff_not_ready', 'artifact_expired'] }),
      },
      async (request, reply) => {
        const { params, query } = request
        const stores = storesOf(request)
        const tradeoff = await readTradeoff(stores, params.jobId, query.checkpoint)
        if (query.format === 'json') return tradeoff
        return reply.type('text/csv; charset=utf-8').serializer(String).send(tradeoffToCsv(tradeoff))
      },
    )
  }
