import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import { NoBody } from '#http/no-body.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { cancelJob } from '#jobs/cancel-job.ts'

const schema = {
  operationId: 'cancelJob',
  tags: ['jobs'],
  summary: 'Cancel a job',
  description: 'Idempotent until the job has succeeded or failed; 409 after that.',
  params: JobParams,
  body: NoBody,
  response: { 202: JobResource },
}

export const cancelJobRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/v1/jobs/:jobId/cancel',
      { schema, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const { params, log } = request
        const stores = storesOf(request)
        const job = await cancelJob(stores, params.jobId)
        log.info({ jobId: job.id, status: job.status }, 'job cancellation requested')
        return reply.code(202).send(await describeJob(job, stores))
      },
    )
  }
