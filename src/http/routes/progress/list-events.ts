import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JobEventSchema } from '#domain/event.ts'
import { isTerminal } from '#domain/job.ts'
import { EventStream } from '#http/event-stream.ts'
import { JobParams } from '#http/job-params.ts'
import { Limit, pageOf } from '#http/page.ts'
import { watchJob } from '#http/watch-job.ts'
import type { Stores } from '#stores/connect.ts'

const Seq = z.coerce.number().int().min(0)

const schema = {
  operationId: 'listEvents',
  tags: ['progress'],
  summary: 'List events, oldest first; with Accept: text/event-stream, stream them',
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
    204: z.null().describe('The job has ended and the stream has no more events.'),
  },
}

export const listEventsRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    const streams = new Set<EventStream>()
    // Readers reconnect to another server with their last seq.
    app.addHook('preClose', async () => streams.forEach(stream => void stream.close()))

    const streamEvents = async (reply: FastifyReply, jobId: string, after: number) => {
      const stream = new EventStream(reply)
      streams.add(stream)
      try {
        await watchJob(stores, { jobId, after }, stream, stream.closing)
      } finally {
        stream.close()
        streams.delete(stream)
      }
      return reply
    }

    app.get('/v1/jobs/:jobId/events', { schema }, async (request, reply) => {
      const job = await stores.jobs.require(request.params.jobId)
      const { after, limit } = request.query
      if (!wantsStream(request)) return pageOfEvents(await stores.events.read(job, after, limit + 1), limit)
      const lastSeq = request.headers['last-event-id'] ?? after
      // After a 204, a client that has every event stops reconnecting.
      if (isTerminal(job.status) && lastSeq >= job.lastSeq) return reply.code(204).send(null)
      return await streamEvents(reply as FastifyReply, job.id, lastSeq)
    })
  }

function pageOfEvents<Event extends { seq: number }>(found: readonly Event[], limit: number) {
  const data = found.slice(0, limit)
  const hasMore = found.length > limit
  return { data, hasMore, nextAfter: hasMore ? String(data.at(-1)!.seq) : null }
}

function wantsStream({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers.accept?.includes('text/event-stream') ?? false
}
