import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobEventSchema } from '#domain/event.ts'
import { JobParams } from '#http/job-params.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { eventsSchema, serveEvents } from '#http/serve-events.ts'
import { streamedJobs } from '#http/streamed-jobs.ts'

const schema = {
  operationId: 'listEvents',
  tags: ['progress'],
  summary: 'List or stream the events of a job',
  description:
    'Oldest first. With `Accept: text/event-stream`, the answer is a stream of server-sent events. Their `data` are the frames of the WebSocket, in JSON: events, progress and gaps.',
  params: JobParams,
  ...eventsSchema(JobEventSchema),
}

export const listEventsRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const serve = serveEvents(app)
    app.get(
      '/v1/jobs/:jobId/events',
      { schema, config: routeConfig({ scope: 'read', acceptsTicket: true }) },
      async (request, reply) => {
        const stores = storesOf(request)
        const job = await stores.jobs.require(request.params.jobId)
        return (await serve(request, reply as FastifyReply, streamedJobs(stores), job)) as never
      },
    )
  }
