import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'

const schema = {
  operationId: 'getJob',
  tags: ['jobs'],
  summary: 'Get a job',
  description: 'With its progress, queue position, latest metrics and links.',
  params: JobParams,
  response: { 200: JobResource },
}

export const getJobRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId', { schema, config: routeConfig({ scope: 'read' }) }, async request => {
      const stores = storesOf(request)
      return describeJob(await stores.jobs.require(request.params.jobId), stores)
    })
  }
