import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobRequest } from '#domain/training-spec.ts'
import { answerSubmission } from '#http/answer-submission.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { IdempotencyHeaders } from '#http/idempotency-key.ts'
import { JobResource } from '#http/job-resource.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { DryRun, dryRun } from '#jobs/dry-run.ts'
import { draftJob, submitJob } from '#jobs/submit-job.ts'

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
  headers: IdempotencyHeaders,
  response: { 200: DryRun, 201: JobResource },
}

/** The errors of these routes. */
export const SUBMISSION_PROBLEMS = [
  'not_found',
  'artifact_not_ready',
  'dataset_not_ready',
  'artifact_expired',
  'insufficient_memory',
  'limit_exceeded',
  'quota_exceeded',
] as const

const schema = {
  operationId: 'createJob',
  tags: ['jobs'],
  summary: 'Submit a training job',
  description:
    'With `?dryRun=true`, the job is planned, and nothing is stored. The `spec` of every job is a valid body.',
  body: JobRequest,
  ...SUBMISSION,
}

export const createJobRoute =
  (storesOf: StoresOf, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/v1/jobs',
      {
        schema,
        config: routeConfig({
          scope: 'submit',
          storesData: true,
          creates: 'jobId',
          problems: SUBMISSION_PROBLEMS,
        }),
      },
      async (request, reply) => {
        const { body, query, log } = request
        const context = { ...storesOf(request), datasetsDir }
        const claim = idempotencyClaim(request, body)
        if (query.dryRun === 'true')
          return reply.code(200).send(await dryRun(context, await draftJob(context, body), query.sparsity))
        return answerSubmission(reply, await submitJob(context, body, { claim, log }))
      },
    )
  }
