import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobParams } from '#http/job-params.ts'
import { deleteJob } from '#jobs/delete-job.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'deleteJob',
  tags: ['jobs'],
  summary: 'Delete a finished job with its artifacts',
  params: JobParams,
  response: { 204: z.null().describe('Deleted.') },
}

export const deleteJobRoute =
  (stores: Pick<Stores, 'jobs' | 'blobs' | 'sweeps'>): FastifyPluginAsyncZod =>
  async app => {
    app.delete('/v1/jobs/:jobId', { schema }, async ({ params: { jobId }, log }, reply) => {
      await deleteJob(stores, jobId)
      log.info({ jobId }, 'job deleted')
      return reply.code(204).send(null)
    })
  }
