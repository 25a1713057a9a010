import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AnalysisParams, describeListed, ListedAnalysis } from '#http/analysis-resource.ts'
import { NoBody } from '#http/no-body.ts'
import { cancelJob } from '#jobs/cancel-job.ts'
import { deleteJob } from '#jobs/delete-job.ts'
import type { Stores } from '#stores/connect.ts'

const cancel = {
  operationId: 'cancelAnalysis',
  tags: ['analyses'],
  summary: 'Cancel an analysis; idempotent, 409 once it has succeeded or failed',
  params: AnalysisParams,
  body: NoBody,
  response: { 202: ListedAnalysis },
}

const remove = {
  operationId: 'deleteAnalysis',
  tags: ['analyses'],
  summary: 'Delete a finished analysis with its artifacts',
  params: AnalysisParams,
  response: { 204: z.null().describe('Deleted.') },
}

export const endAnalysisRoutes =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    // To the use cases, an analysis is a job.
    const context = { ...stores, jobs: stores.analyses }
    app.post('/v1/analyses/:analysisId/cancel', { schema: cancel }, async ({ params, log }, reply) => {
      const analysis = await cancelJob(context, params.analysisId)
      log.info({ analysisId: analysis.id, status: analysis.status }, 'analysis cancellation requested')
      return reply.code(202).send(await describeListed(analysis, stores))
    })
    app.delete(
      '/v1/analyses/:analysisId',
      { schema: remove },
      async ({ params: { analysisId }, log }, reply) => {
        await deleteJob(context, analysisId)
        log.info({ analysisId }, 'analysis deleted')
        return reply.code(204).send(null)
      },
    )
  }
