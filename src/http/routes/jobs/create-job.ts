import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobRequest } from '#domain/training-spec.ts'
import { answerSubmission } from '#http/answer-submission.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { JobResource } from '#http/job-resource.ts'
import { routeConfig } from '#http/route-config.ts'
import { DryRun, dryRun } from '#jobs/dry-run.ts'
import { draftJob, submitJob } from '#jobs/submit-job.ts'
import type { Stores } from '#stores/connect.ts'

/** The parts of the schema that all routes that create a job share. */
export const SUBMISSION = {
  querystring: z
    .strictObject({
      dryRun: z.enum(['true', 'false']).default('false'),
      sparsity: z.coerce
        .number()
        .gt(0)
        .lt(1)
        .optional()
        .describe('In a dry run: recommends a scale c of the threshold for this sparsity.'),
    })
    .refine(({ dryRun, sparsity }) => sparsity === undefined || dryRun === 'true', {
      path: ['sparsity'],
      error: 'needs dryRun=true; a job reaches a sparsity with `target`',
    }),
  headers: z.looseObject({ 'idempotency-key': z.string().optional() }),
  response: { 200: DryRun, 201: JobResource },
}

const schema = {
  operationId: 'createJob',
  tags: ['jobs'],
  summary: 'Submit a training job, or plan it with ?dryRun=true. The `spec` of every job is a valid body',
  body: JobRequest,
  ...SUBMISSION,
}

export const createJobRoute =
  (stores: Stores, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    const context = { ...stores, datasetsDir }
    app.post('/v1/jobs', { schema, config: routeConfig({ storesData: true }) }, async (request, reply) => {
      const { body, query, headers, log } = request
      if (query.dryRun === 'true')
        return reply.code(200).send(await dryRun(context, await draftJob(context, body), query.sparsity))
      const claim = idempotencyClaim('POST /v1/jobs', headers['idempotency-key'], body)
      return answerSubmission(reply, await submitJob(context, body, { claim, log }))
    })
  }
