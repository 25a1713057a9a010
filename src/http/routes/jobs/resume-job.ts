import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import { NoBody } from '#http/no-body.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { resumeJob } from '#jobs/resume-job.ts'

const schema = {
  operationId: 'resumeJob',
  tags: ['jobs'],
  summary: 'Resume a paused job',
  description: 'From its last checkpoint. Idempotent; 409 unless the job is paused or active.',
  params: JobParams,
  body: NoBody,
  response: { 202: JobResource },
}

export const resumeJobRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/v1/jobs/:jobId/resume',
      { schema, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const { params, log } = request
        const stores = storesOf(request)
        const job = await resumeJob(stores, params.jobId)
        log.info({ jobId: job.id, status: job.status }, 'job resumption requested')
        return reply.code(202).send(await describeJob(job, stores))
      },
    )
  }
