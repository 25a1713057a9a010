import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { answerSubmission } from '#http/answer-submission.ts'
import { dryRun } from '#http/dry-run.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { JobParams } from '#http/job-params.ts'
import { cloneJob, draftClone } from '#jobs/clone-job.ts'
import { CloneRequest } from '#jobs/clone-request.ts'
import type { World } from '#stores/connect.ts'
import { SUBMISSION } from './create-job.ts'

const schema = {
  operationId: 'cloneJob',
  tags: ['jobs'],
  summary: "Submit a job's spec again with fields replaced, from the beginning or from its last checkpoint",
  params: JobParams,
  // A POST without a body has null for one.
  body: CloneRequest.nullish(),
  ...SUBMISSION,
}

export const cloneJobRoute =
  (
    world: Pick<World, 'jobs' | 'queue' | 'workers' | 'blobs' | 'datasets' | 'models'>,
    datasetsDir: string,
  ): FastifyPluginAsyncZod =>
  async app => {
    const stores = { ...world, datasetsDir }
    app.post('/v1/jobs/:jobId/clone', { schema }, async (request, reply) => {
      const { query, headers, log } = request
      const body = request.body ?? CloneRequest.parse({})
      const { jobId } = request.params
      if (query.dryRun === 'true')
        return reply.code(200).send(await dryRun(world, await draftClone(stores, jobId, body)))
      const claim = idempotencyClaim(`POST /v1/jobs/${jobId}/clone`, headers['idempotency-key'], body)
      return answerSubmission(reply, await cloneJob(stores, jobId, body, { claim, log }))
    })
  }
