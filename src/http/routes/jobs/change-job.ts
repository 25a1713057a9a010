import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import { changeJob, JobChange } from '#jobs/change-job.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'changeJob',
  tags: ['jobs'],
  summary: 'Change the name or the labels of a job, or its priority while it is queued',
  params: JobParams,
  body: JobChange,
  response: { 200: JobResource },
}

export const changeJobRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    app.patch('/v1/jobs/:jobId', { schema }, async ({ params, body }) =>
      describeJob(await changeJob(stores, params.jobId, body), stores),
    )
  }
