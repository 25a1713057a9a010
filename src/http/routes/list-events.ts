import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobEventSchema } from '#domain/event.ts'
import { Limit, pageOf } from '#http/page.ts'
import { sendServerSentEvents } from '#http/server-sent-events.ts'
import type { World } from '#infra/connect.ts'
import { JobParams } from './job-params.ts'

const Seq = z.coerce.number().int().min(0)

const schema = {
  operationId: 'listEvents',
  tags: ['progress'],
  summary: 'A page of events, oldest first; as a stream with Accept: text/event-stream',
  params: JobParams,
  querystring: z.strictObject({ after: Seq.default(0), limit: Limit }),
  headers: z.looseObject({ 'last-event-id': Seq.optional() }),
  response: { 200: pageOf(JobEventSchema) },
}

export const listEventsRoute =
  ({ jobs, events }: Pick<World, 'jobs' | 'events'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId/events', { schema }, async (request, reply) => {
      const job = await jobs.require(request.params.jobId)
      const { after, limit } = request.query
      if (wantsStream(request)) {
        return await sendServerSentEvents(
          reply as FastifyReply,
          job,
          request.headers['last-event-id'] ?? after,
          events,
        )
      }
      const found = await events.read(job, after, limit + 1)
      const data = found.slice(0, limit)
      const hasMore = found.length > limit
      return { data, hasMore, nextAfter: hasMore ? String(data.at(-1)!.seq) : null }
    })
  }

function wantsStream({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers.accept?.includes('text/event-stream') ?? false
}
