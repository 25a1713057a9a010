import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { cursorOf, Limit, NamePrefix, pageOf } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import { ListedSweep, listedSweep, SweepParams, SweepResource, sweepResource } from '#http/sweep-resource.ts'

const list = {
  operationId: 'listSweeps',
  tags: ['sweeps'],
  summary: 'List sweeps',
  description: 'Newest first, without their requests and trials.',
  querystring: z.strictObject({
    after: cursorOf('sweep'),
    limit: Limit,
    name: NamePrefix,
  }),
  response: { 200: pageOf(ListedSweep) },
}

const get = {
  operationId: 'getSweep',
  tags: ['sweeps'],
  summary: 'Get a sweep',
  description: 'With every trial, its jobs and its latest metrics.',
  params: SweepParams,
  response: { 200: SweepResource },
}

export const readSweepsRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/sweeps', { schema: list, config: routeConfig({ scope: 'read' }) }, async request => {
      const { query, log } = request
      const stores = storesOf(request)
      const { found, nextAfter } = await stores.sweeps.list(query)
      const shown = showable(found, ListedSweep, listedSweep, log)
      return { data: shown.map(listedSweep), hasMore: nextAfter !== null, nextAfter }
    })
    app.get('/v1/sweeps/:sweepId', { schema: get, config: routeConfig({ scope: 'read' }) }, async request =>
      sweepResource(await storesOf(request).sweeps.require(request.params.sweepId)),
    )
  }
