import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { AnalysisRequest } from '#analyses/analysis-request.ts'
import { ListedAnalysis, listedAnalysis } from '#http/analysis-resource.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { IdempotencyHeaders } from '#http/idempotency-key.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { createAnalysis } from '#jobs/create-analysis.ts'

const schema = {
  operationId: 'createAnalysis',
  tags: ['analyses'],
  summary: 'Analyse the models of jobs',
  description: 'The jobs have ended or are paused. A worker computes the analysis.',
  headers: IdempotencyHeaders,
  body: AnalysisRequest,
  response: { 201: ListedAnalysis },
}

export const createAnalysisRoute =
  (storesOf: StoresOf, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({
      scope: 'submit',
      storesData: true,
      creates: 'analysisId',
      problems: [
        'not_found',
        'artifact_not_ready',
        'dataset_not_ready',
        'artifact_expired',
        'insufficient_memory',
        'limit_exceeded',
        'quota_exceeded',
      ],
    })
    app.post('/v1/analyses', { schema, config }, async (request, reply) => {
      const { body, log } = request
      const stores = storesOf(request)
      const claim = idempotencyClaim(request, body)
      const { job, replayed } = await createAnalysis({ ...stores, datasetsDir }, body, { claim, log })
      if (replayed) reply.header('idempotency-replayed', 'true')
      else log.info({ analysisId: job.id, kind: body.kind }, 'analysis submitted')
      return reply.code(201).header('location', `/v1/analyses/${job.id}`).send(listedAnalysis(job))
    })
  }
