import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { cancel } from '#domain/job-decisions.ts'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import { NoBody } from '#http/no-body.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'cancelJob',
  tags: ['jobs'],
  summary: 'Cancel a job; repeating it changes nothing, 409 once it has succeeded or failed',
  params: JobParams,
  body: NoBody,
  response: { 202: JobResource },
}

export const cancelJobRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    app.post('/v1/jobs/:jobId/cancel', { schema }, async (request, reply) => {
      const { job } = await stores.jobs.append(request.params.jobId, cancel)
      if (job.status === 'cancelling') await stores.control.wake(job.id)
      else await stores.queue.remove(job.id)
      request.log.info({ jobId: job.id, status: job.status }, 'a job was to be cancelled')
      return reply.code(202).send(await describeJob(job, stores))
    })
  }
