import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CLOSE, FrameSocket } from './frame-socket.ts'
import { Ticket } from './ticket.ts'
import { type StreamedKind, watchRecord } from './watch-record.ts'

export const StreamQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  ticket: Ticket,
})

/** Sends the frames of one record on a socket, and closes it when the record has ended. @param noun of the kind, for the close reason */
export async function serveStream(
  raw: WebSocket,
  request: FastifyRequest,
  kind: StreamedKind,
  noun: 'job' | 'analysis',
  record: { id: string; after: number },
): Promise<void> {
  const socket = new FrameSocket(raw, request.raw.socket)
  const exists = await watchRecord(kind, record, socket, socket.closing)
  if (exists) socket.close(CLOSE.normal, `the ${noun} has ended`)
  else socket.close(CLOSE.noSuchJob, `no such ${noun}`)
}
