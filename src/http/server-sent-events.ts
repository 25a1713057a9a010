import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { endsJob, type JobEvent, type ProgressFrame } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import type { JobEvents } from '#stores/job-events.ts'

const HEARTBEAT_MS = 25_000
/** As for WebSockets: above the first, progress is dropped; above the second the reader is cut off and reconnects. */
const CONFLATE_BYTES = 256 * 1024
const TOO_SLOW_BYTES = 1024 * 1024

/**
 * Jobs' events as server-sent events (WHATWG HTML, section 9.2), each response until its job is over. Only durable events
 * carry an `id`, so `Last-Event-ID` always names a seq.
 */
export class ServerSentEvents {
  readonly #events: JobEvents
  readonly #responses = new Set<ServerResponse>()

  constructor(events: JobEvents) {
    this.#events = events
  }

  /** Resolves when the response is over. */
  async send(reply: FastifyReply, job: Job, after: number): Promise<void> {
    const response = this.#open(reply)
    const closed = new AbortController()
    const heartbeat = setInterval(() => write(response, ': heartbeat\n\n'), HEARTBEAT_MS)
    response.once('close', () => closed.abort())
    const follower = {
      onEvent(event: JobEvent) {
        write(response, `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
        if (endsJob(event)) response.end()
      },
      onProgress(frame: ProgressFrame) {
        if (response.writableLength > CONFLATE_BYTES) return
        write(response, `event: progress\ndata: ${JSON.stringify(frame)}\n\n`)
      },
      async room() {
        if (response.writableNeedDrain) await once(response, 'drain', closed).catch(() => {})
      },
    }
    await this.#events.follow(job, after, follower, closed.signal)
    clearInterval(heartbeat)
    this.#responses.delete(response)
  }

  /** The server goes: every reader reconnects elsewhere with its last seq. */
  endAll(): void {
    for (const response of this.#responses) response.end()
  }

  #open(reply: FastifyReply): ServerResponse {
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' }
    reply.headers(headers).hijack()
    const response = reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders)
    response.flushHeaders()
    this.#responses.add(response)
    return response
  }
}

function write(response: ServerResponse, text: string): void {
  if (response.writableEnded) return
  response.write(text)
  if (response.writableLength > TOO_SLOW_BYTES) response.destroy()
}
