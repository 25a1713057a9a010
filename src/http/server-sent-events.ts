import { once } from 'node:events'
import type { FastifyReply } from 'fastify'
import type { JobEvent, ProgressFrame } from '#domain/event.ts'
import { isTerminal, type Job } from '#domain/job.ts'
import type { JobEvents } from '#infra/job-events.ts'

const HEARTBEAT_MS = 25_000
const TERMINAL_EVENTS = new Set(['succeeded', 'failed', 'cancelled'])

/**
 * A job's events as server-sent events (WHATWG HTML, section 9.2) until the job is over. Only durable events carry an
 * `id`, so `Last-Event-ID` always names a seq. A client that has seen everything gets 204, which ends its reconnecting.
 */
export async function sendServerSentEvents(reply: FastifyReply, job: Job, after: number, events: JobEvents) {
  if (isTerminal(job.status) && after >= job.lastSeq) return reply.code(204).send()
  reply.hijack()
  const response = reply.raw
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), HEARTBEAT_MS)
  const closed = new AbortController()
  response.once('close', () => closed.abort())
  const send = async (text: string) => {
    if (!response.write(text)) await once(response, 'drain', { signal: closed.signal }).catch(() => {})
  }
  const stop = await events.follow(job, after, {
    async onEvent(event: JobEvent) {
      await send(`id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      if (TERMINAL_EVENTS.has(event.type)) response.end()
    },
    onProgress(frame: ProgressFrame) {
      if (!response.writableNeedDrain) response.write(`event: progress\ndata: ${JSON.stringify(frame)}\n\n`)
    },
  })
  if (!closed.signal.aborted) await once(closed.signal, 'abort')
  clearInterval(heartbeat)
  await stop()
}
