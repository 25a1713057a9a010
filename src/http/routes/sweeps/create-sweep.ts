import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { IdempotencyHeaders } from '#http/idempotency-key.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { SweepResource, sweepResource } from '#http/sweep-resource.ts'
import { createSweep } from '#jobs/create-sweep.ts'
import { SweepRequest } from '#sweeps/sweep-request.ts'

const schema = {
  operationId: 'createSweep',
  tags: ['sweeps'],
  summary: 'Search over fields of a job',
  description: 'Submits a job for each trial, at most `maxConcurrent` at once.',
  headers: IdempotencyHeaders,
  body: SweepRequest,
  response: { 201: SweepResource },
}

export const createSweepRoute =
  (storesOf: StoresOf, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({
      scope: 'submit',
      storesData: true,
      creates: 'sweepId',
      problems: [
        'not_found',
        'dataset_not_ready',
        'artifact_not_ready',
        'artifact_expired',
        'insufficient_memory',
        'limit_exceeded',
        'quota_exceeded',
      ],
    })
    app.post('/v1/sweeps', { schema, config }, async (request, reply) => {
      const { body, log } = request
      const stores = storesOf(request)
      const claim = idempotencyClaim(request, body)
      const { sweep, replayed } = await createSweep({ ...stores, datasetsDir }, body, claim)
      if (replayed) reply.header('idempotency-replayed', 'true')
      else log.info({ sweepId: sweep.id, method: body.search.method }, 'sweep created')
      return reply.code(201).header('location', `/v1/sweeps/${sweep.id}`).send(sweepResource(sweep))
    })
  }
