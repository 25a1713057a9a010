import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { NoBody } from '#http/no-body.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { SweepParams, SweepResource, sweepResource } from '#http/sweep-resource.ts'
import { cancelSweep } from '#jobs/cancel-sweep.ts'

const schema = {
  operationId: 'cancelSweep',
  tags: ['sweeps'],
  summary: 'Cancel a sweep',
  description: 'Its unfinished jobs are cancelled too. Idempotent; 409 once the sweep has finished.',
  params: SweepParams,
  body: NoBody,
  response: { 202: SweepResource },
}

export const cancelSweepRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/v1/sweeps/:sweepId/cancel',
      { schema, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const { params, log } = request
        const stores = storesOf(request)
        const sweep = await cancelSweep(stores, params.sweepId)
        log.info({ sweepId: sweep.id, status: sweep.state.status }, 'sweep cancellation requested')
        return reply.code(202).send(sweepResource(sweep))
      },
    )
  }
