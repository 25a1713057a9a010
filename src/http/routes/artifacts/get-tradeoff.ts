import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CheckpointQuery } from '#http/checkpoint-query.ts'
import { JobParams } from '#http/job-params.ts'
import { readTradeoff, type TradeoffStores } from '#jobs/find-tradeoff.ts'
import { Tradeoff, tradeoffToCsv } from '#optimization/tradeoff.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'getTradeoff',
  tags: ['artifacts'],
  summary:
    "Get the newest trade-off of a job's model: its accuracy and size at other sparsities, as JSON or CSV",
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
  (stores: TradeoffStores & Pick<Stores, 'jobs'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId/tradeoff', { schema }, async ({ params, query }, reply) => {
      const tradeoff = await readTradeoff(stores, params.jobId, query.checkpoint)
      if (query.format === 'json') return tradeoff
      return reply.type('text/csv; charset=utf-8').serializer(String).send(tradeoffToCsv(tradeoff))
    })
  }
