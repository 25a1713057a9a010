import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobEventSchema } from '#domain/event.ts'
import { isTerminal } from '#domain/job.ts'
import { JobParams } from '#http/job-params.ts'
import { Limit, pageOf } from '#http/page.ts'
import { ServerSentEvents } from '#http/server-sent-events.ts'
import type { Stores } from '#stores/connect.ts'

const Seq = z.coerce.number().int().min(0)

const schema = {
  operationId: 'listEvents',
  tags: ['progress'],
  summary: 'A page of events, oldest first; as a stream with Accept: text/event-stream',
  params: JobParams,
  querystring: z.strictObject({ after: Seq.default(0), limit: Limit }),
  headers: z.looseObject({ 'last-event-id': Seq.optional() }),
  response: {
    200: {
      description: 'A page of events, or a stream of them.',
      content: {
        'application/json': { schema: pageOf(JobEventSchema) },
        'text/event-stream': { schema: z.string() },
      },
    },
    204: z.null().describe('A stream that has nothing more.'),
  },
}

export const listEventsRoute =
  ({ jobs, events }: Pick<Stores, 'jobs' | 'events'>): FastifyPluginAsyncZod =>
  async app => {
    const streams = new ServerSentEvents(events)
    app.addHook('preClose', async () => streams.endAll())
    app.get('/v1/jobs/:jobId/events', { schema }, async (request, reply) => {
      const job = await jobs.require(request.params.jobId)
      const { after, limit } = request.query
      if (wantsStream(request)) {
        const lastSeq = request.headers['last-event-id'] ?? after
        // 204 ends the reconnecting of a client that has seen everything.
        if (isTerminal(job.status) && lastSeq >= job.lastSeq) return reply.code(204).send(null)
        await streams.send(reply as FastifyReply, job, lastSeq)
        return reply
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
