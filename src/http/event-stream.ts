import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { PacedSink } from './frame-sink.ts'
import type { Frame } from './frames.ts'
import { whenKeyEnds } from './principal.ts'

const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' }

/** Sends the events and the progress of a job as server-sent events (WHATWG HTML, section 9.2). Ends with the key of its reader. */
export class EventStream extends PacedSink {
  readonly #response: ServerResponse

  constructor(reply: FastifyReply) {
    super()
    reply.headers(HEADERS).hijack()
    this.#response = reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders)
    this.#response.flushHeaders()
    const forget = whenKeyEnds(reply.request, () => this.close())
    this.#response.once('close', () => {
      forget()
      this.closed()
    })
  }

  /** Events that were already sent still arrive. */
  close(): void {
    this.#response.end()
    this.closed()
  }

  protected get unsentBytes(): number {
    return this.#response.writableLength
  }

  protected write(frame: Frame, flushed: () => void): void {
    const text = serverSentEvent(frame)
    if (text === undefined) flushed()
    else this.#response.write(text, () => flushed())
  }

  protected cutOff(): void {
    this.#response.destroy()
  }
}

/** Only durable events have an `id`, so that `Last-Event-ID` always names a seq. The end of the stream is the end of the response. */
function serverSentEvent(frame: Frame): string | undefined {
  const { type } = frame
  if (type === 'heartbeat') return ': heartbeat\n\n'
  const event = `event: ${type}\ndata: ${JSON.stringify(frame)}\n\n`
  if ('seq' in frame) return `id: ${frame.seq}\n${event}`
  return type === 'progress' || type === 'gap' ? event : undefined
}
