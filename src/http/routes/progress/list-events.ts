import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobEventSchema } from '#domain/event.ts'
import { JobParams } from '#http/job-params.ts'
import { eventsSchema, serveEvents } from '#http/serve-events.ts'
import { streamedJobs } from '#http/streamed-jobs.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'listEvents',
  tags: ['progress'],
  summary: 'List events, oldest first; with Accept: text/event-stream, stream them',
  params: JobParams,
  ...eventsSchema(JobEventSchema),
}

export const listEventsRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    const serve = serveEvents(app, streamedJobs(stores))
    app.get('/v1/jobs/:jobId/events', { schema }, async (request, reply) => {
      const job = await stores.jobs.require(request.params.jobId)
      return (await serve(request, reply as FastifyReply, job)) as never
    })
  }
