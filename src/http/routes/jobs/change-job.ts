import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { changeJob, JobChange } from '#jobs/change-job.ts'

const schema = {
  operationId: 'changeJob',
  tags: ['jobs'],
  summary: 'Change a job',
  description: 'Its name or labels, or its priority while it is queued.',
  params: JobParams,
  body: JobChange,
  response: { 200: JobResource },
}

export const changeJobRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.patch(
      '/v1/jobs/:jobId',
      { schema, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async request => {
        const { params, body } = request
        const stores = storesOf(request)
        return describeJob(await changeJob(stores, params.jobId, body), stores)
      },
    )
  }
