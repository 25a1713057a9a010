import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'getJob',
  tags: ['jobs'],
  summary: 'Get a job with its progress, queue position, latest metrics and links',
  params: JobParams,
  response: { 200: JobResource },
}

export const getJobRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId', { schema }, async request =>
      describeJob(await stores.jobs.require(request.params.jobId), stores),
    )
  }
