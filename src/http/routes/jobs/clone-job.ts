import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { answerSubmission } from '#http/answer-submission.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { JobParams } from '#http/job-params.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { cloneJob, draftClone } from '#jobs/clone-job.ts'
import { CloneRequest } from '#jobs/clone-request.ts'
import { dryRun } from '#jobs/dry-run.ts'
import { SUBMISSION, SUBMISSION_PROBLEMS } from './create-job.ts'

const schema = {
  operationId: 'cloneJob',
  tags: ['jobs'],
  summary: 'Submit the spec of a job again',
  description: 'With fields replaced, from the beginning or from its last checkpoint.',
  params: JobParams,
  // Without a body, Fastify passes null.
  body: CloneRequest.nullish(),
  ...SUBMISSION,
}

export const cloneJobRoute =
  (storesOf: StoresOf, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/v1/jobs/:jobId/clone',
      {
        schema,
        config: routeConfig({
          scope: 'submit',
          creates: 'jobId',
          problems: ['conflict', ...SUBMISSION_PROBLEMS],
        }),
      },
      async (request, reply) => {
        const { query, params, log } = request
        const { jobId } = params
        const context = { ...storesOf(request), datasetsDir }
        const body = request.body ?? CloneRequest.parse({})
        const claim = idempotencyClaim(request, body)
        if (query.dryRun === 'true')
          return reply
            .code(200)
            .send(await dryRun(context, await draftClone(context, jobId, body), query.sparsity))
        return answerSubmission(reply, await cloneJob(context, jobId, body, { claim, log }))
      },
    )
  }
