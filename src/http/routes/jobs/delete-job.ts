import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobParams } from '#http/job-params.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { deleteJob } from '#jobs/delete-job.ts'

const schema = {
  operationId: 'deleteJob',
  tags: ['jobs'],
  summary: 'Delete a finished job',
  description: 'Its artifacts are deleted too.',
  params: JobParams,
  response: { 204: z.null().describe('Deleted.') },
}

export const deleteJobRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.delete(
      '/v1/jobs/:jobId',
      { schema, config: routeConfig({ scope: 'submit', problems: ['conflict'] }) },
      async (request, reply) => {
        const {
          params: { jobId },
          log,
        } = request
        const stores = storesOf(request)
        await deleteJob(stores, jobId)
        log.info({ jobId }, 'job deleted')
        return reply.code(204).send(null)
      },
    )
  }
