import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HistoryGap } from '#domain/event.ts'
import { isTerminal, type Job } from '#domain/job.ts'
import type { HistoryItem } from '#stores/job-events.ts'
import { EventStream } from './event-stream.ts'
import { opensEvents } from './limit-streams.ts'
import { Limit, pageOf } from './page.ts'
import { Ticket } from './ticket.ts'
import { type StreamedKind, watchRecord } from './watch-record.ts'

const Seq = z.coerce.number().int().min(0)

const querystring = z.strictObject({ after: Seq.default(0), limit: Limit, ticket: Ticket })
const headers = z.looseObject({ 'last-event-id': Seq.optional() })

/** The parts of the schema of a route that answers with events. */
export const eventsSchema = <Event extends z.ZodType>(event: Event) => ({
  querystring,
  headers,
  response: {
    200: {
      description: 'A page of events, or a stream of them.',
      content: {
        'application/json': { schema: pageOf(z.union([event, HistoryGap])) },
        'text/event-stream': { schema: z.string() },
      },
    },
    204: z.null().describe('It has ended and the stream has no more events.'),
  },
})

interface EventsRequest extends Pick<FastifyRequest, 'id'> {
  query: z.infer<typeof querystring>
  headers: z.infer<typeof headers> & { accept?: string | undefined }
}

/** @returns the handler of a route that answers with a page of the events of a record, or streams them. Its streams end with the app. */
export function serveEvents(app: Pick<FastifyInstance, 'addHook'>) {
  const streams = new Set<EventStream>()
  // Readers reconnect to another server with their last seq.
  app.addHook('preClose', async () => streams.forEach(stream => void stream.close()))

  const streamEvents = async (kind: StreamedKind, reply: FastifyReply, id: string, after: number) => {
    const stream = new EventStream(reply)
    streams.add(stream)
    try {
      await watchRecord(kind, { id, after }, stream, stream.closing)
    } finally {
      stream.close()
      streams.delete(stream)
    }
    return reply
  }

  return async ({ query, headers }: EventsRequest, reply: FastifyReply, kind: StreamedKind, record: Job) => {
    const { after, limit } = query
    if (!opensEvents(headers.accept))
      return pageOfEvents(await kind.events.read(record, after, limit + 1), limit, kind)
    const lastSeq = headers['last-event-id'] ?? after
    // After a 204, a client that has every event stops reconnecting.
    if (isTerminal(record.status) && lastSeq >= record.lastSeq) return reply.code(204).send(null)
    return await streamEvents(kind, reply, record.id, lastSeq)
  }
}

function pageOfEvents(found: readonly HistoryItem[], limit: number, kind: StreamedKind) {
  const data = found.slice(0, limit)
  const hasMore = found.length > limit
  const last = data.at(-1)
  return {
    data: data.map(item => (item.type === 'gap' ? item : kind.event(item))),
    hasMore,
    nextAfter: hasMore && last ? String(last.type === 'gap' ? last.to : last.seq) : null,
  }
}
