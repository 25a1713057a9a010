import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ANALYSIS_KINDS } from '#analyses/analysis-request.ts'
import {
  AnalysisParams,
  AnalysisResource,
  describeAnalysis,
  describeListed,
  ListedAnalysis,
  listedAnalysis,
} from '#http/analysis-resource.ts'
import { cursorOf, Limit, pageOf } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import { QueuePositions } from '#jobs/queue-positions.ts'

const Status = ListedAnalysis.shape.status

const list = {
  operationId: 'listAnalyses',
  tags: ['analyses'],
  summary: 'List analyses',
  description: 'Newest first, without their results.',
  querystring: z.strictObject({
    kind: z.enum(ANALYSIS_KINDS).optional(),
    jobId: z.string().min(1).max(100).optional().describe('One of the analysed jobs.'),
    status: z
      .union([Status, z.array(Status)])
      .optional()
      .describe('May be repeated.'),
    after: cursorOf('analysis'),
    limit: Limit,
  }),
  response: { 200: pageOf(ListedAnalysis) },
}

const get = {
  operationId: 'getAnalysis',
  tags: ['analyses'],
  summary: 'Get an analysis',
  description: 'With its progress, and with its result once it has succeeded.',
  params: AnalysisParams,
  response: { 200: AnalysisResource },
}

export const readAnalysesRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/analyses', { schema: list, config: routeConfig({ scope: 'read' }) }, async request => {
      const { status, ...query } = request.query
      const stores = storesOf(request)
      const statuses = status && [status].flat()
      const { jobs, nextAfter } = await stores.analysisIndex.list({ ...query, statuses })
      const shown = showable(jobs, ListedAnalysis, listedAnalysis, request.log)
      const positions = new QueuePositions(stores)
      const data = await Promise.all(shown.map(analysis => describeListed(analysis, stores, positions)))
      return { data, hasMore: nextAfter !== null, nextAfter }
    })
    app.get(
      '/v1/analyses/:analysisId',
      { schema: get, config: routeConfig({ scope: 'read' }) },
      async request => {
        const stores = storesOf(request)
        return describeAnalysis(await stores.analyses.require(request.params.analysisId), stores)
      },
    )
  }
