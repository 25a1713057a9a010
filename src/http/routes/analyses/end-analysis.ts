import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AnalysisParams, describeListed, ListedAnalysis } from '#http/analysis-resource.ts'
import { NoBody } from '#http/no-body.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { cancelJob } from '#jobs/cancel-job.ts'
import { deleteJob } from '#jobs/delete-job.ts'

const cancel = {
  operationId: 'cancelAnalysis',
  tags: ['analyses'],
  summary: 'Cancel an analysis',
  description: 'Idempotent until it has succeeded or failed; 409 after that.',
  params: AnalysisParams,
  body: NoBody,
  response: { 202: ListedAnalysis },
}

const remove = {
  operationId: 'deleteAnalysis',
  tags: ['analyses'],
  summary: 'Delete a finished analysis',
  description: 'Its artifacts are deleted too.',
  params: AnalysisParams,
  response: { 204: z.null().describe('Deleted.') },
}

/** To the use cases, an analysis is a job. */
export const endAnalysisRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/v1/analyses/:analysisId/cancel',
      { schema: cancel, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const { params, log } = request
        const stores = storesOf(request)
        const analysis = await cancelJob({ ...stores, jobs: stores.analyses }, params.analysisId)
        log.info({ analysisId: analysis.id, status: analysis.status }, 'analysis cancellation requested')
        return reply.code(202).send(await describeListed(analysis, stores))
      },
    )
    app.delete(
      '/v1/analyses/:analysisId',
      { schema: remove, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const { params, log } = request
        const stores = storesOf(request)
        const { analysisId } = params
        await deleteJob({ ...stores, jobs: stores.analyses }, analysisId)
        log.info({ analysisId }, 'analysis deleted')
        return reply.code(204).send(null)
      },
    )
  }
