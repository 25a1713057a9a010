import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import { NoBody } from '#http/no-body.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { pauseJob } from '#jobs/pause-job.ts'

const schema = {
  operationId: 'pauseJob',
  tags: ['jobs'],
  summary: 'Pause a job at a checkpoint',
  description: 'Idempotent. 409 once the job has ended or is being cancelled.',
  params: JobParams,
  body: NoBody,
  response: { 202: JobResource },
}

export const pauseJobRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/v1/jobs/:jobId/pause',
      { schema, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const { params, log } = request
        const stores = storesOf(request)
        const job = await pauseJob(stores, params.jobId)
        log.info({ jobId: job.id, status: job.status }, 'job pause requested')
        return reply.code(202).send(await describeJob(job, stores))
      },
    )
  }
