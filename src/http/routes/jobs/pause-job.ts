import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { pause } from '#domain/job-decisions.ts'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import { NoBody } from '#http/no-body.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'pauseJob',
  tags: ['jobs'],
  summary:
    'Pause a job at a checkpoint; repeating it changes nothing, 409 once the job is over or to be cancelled',
  params: JobParams,
  body: NoBody,
  response: { 202: JobResource },
}

export const pauseJobRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    app.post('/v1/jobs/:jobId/pause', { schema }, async (request, reply) => {
      const { job } = await stores.jobs.append(request.params.jobId, pause)
      if (job.status === 'pausing') await stores.control.wake(job.id)
      else await stores.queue.remove(job.id)
      request.log.info({ jobId: job.id, status: job.status }, 'a job was to be paused')
      return reply.code(202).send(await describeJob(job, stores))
    })
  }
