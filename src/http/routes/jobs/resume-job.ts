import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { resume } from '#domain/job-decisions.ts'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import { NoBody } from '#http/no-body.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'resumeJob',
  tags: ['jobs'],
  summary: 'Let a paused job go on from its last checkpoint; 409 unless it is paused, waits or runs',
  params: JobParams,
  body: NoBody,
  response: { 202: JobResource },
}

export const resumeJobRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    app.post('/v1/jobs/:jobId/resume', { schema }, async (request, reply) => {
      const { job } = await stores.jobs.append(request.params.jobId, resume)
      if (job.status === 'queued') await stores.queue.enqueue(job.id, job.spec.priority)
      request.log.info({ jobId: job.id, status: job.status }, 'a job was to go on')
      return reply.code(202).send(await describeJob(job, stores))
    })
  }
