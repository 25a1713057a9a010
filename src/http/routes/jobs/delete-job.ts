import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { isTerminal } from '#domain/job.ts'
import { JobParams } from '#http/job-params.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'deleteJob',
  tags: ['jobs'],
  summary: 'Delete a finished job with its artifacts',
  params: JobParams,
  response: { 204: z.null().describe('Gone.') },
}

export const deleteJobRoute =
  ({ jobs, blobs }: Pick<Stores, 'jobs' | 'blobs'>): FastifyPluginAsyncZod =>
  async app => {
    app.delete('/v1/jobs/:jobId', { schema }, async (request, reply) => {
      const job = await jobs.require(request.params.jobId)
      if (!isTerminal(job.status)) {
        throw new AppError(
          'conflict',
          `The job is ${job.status}; cancel it first, and delete it when it has ended.`,
        )
      }
      await blobs.deleteAll(job.id)
      await jobs.delete(job)
      request.log.info({ jobId: job.id }, 'a job was deleted')
      return reply.code(204).send(null)
    })
  }
