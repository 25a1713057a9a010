import type { Socket } from 'node:net'
import type { WebSocket } from '@fastify/websocket'
import type { FastifyBaseLogger } from 'fastify'
import pLimit from 'p-limit'
import type { z } from 'zod'
import type { Stores } from '#stores/connect.ts'
import type { FrameSink } from './frame-sink.ts'
import { CLOSE, FrameSocket } from './frame-socket.ts'
import { type Frame, type RecordFrame, StreamCommand, type SubscribeCommand } from './frames.ts'
import { streamedJobs } from './streamed-jobs.ts'
import { watchRecord } from './watch-record.ts'

const MAX_SUBSCRIPTIONS = 1000
/** The limit of subscriptions of one socket whose snapshots are read at the same time. */
const OPENED_AT_ONCE = 4
/** While more frames than this wait, nothing is read from the socket, and TCP makes the client wait. */
const MOST_WAITING = 64

const EXPECTED = 'send {"subscribe":{"jobId","after"}} or {"unsubscribe":{"jobId"}}'
type Subscription = z.infer<typeof SubscribeCommand>['subscribe']

/** The jobs that one client watches on one socket. Every frame but the heartbeat carries the `jobId`. */
export class JobSubscriptions {
  readonly #stores: Stores
  readonly #raw: WebSocket
  readonly #socket: FrameSocket
  readonly #log: FastifyBaseLogger
  readonly #subscribed = new Map<string, AbortController>()
  /** Frames are handled in order: a client may unsubscribe from a job whose snapshot is still being read. */
  readonly #opening = pLimit(OPENED_AT_ONCE)

  constructor(stores: Stores, raw: WebSocket, connection: Socket, log: FastifyBaseLogger) {
    this.#stores = stores
    this.#raw = raw
    this.#log = log
    this.#socket = new FrameSocket(raw, connection, text => this.#receive(text))
  }

  #receive(text: string): void {
    const frame = parseCommand(text)
    if (!frame) {
      this.#socket.close(CLOSE.badFrame, EXPECTED)
      return
    }
    if (this.#opening.pendingCount >= MOST_WAITING) this.#raw.pause()
    void this.#opening(() =>
      'subscribe' in frame ? this.#open(frame.subscribe) : this.#unsubscribe(frame.unsubscribe.jobId),
    )
  }

  /** Resolves when the snapshot is sent, or when there is none. */
  async #open(subscription: Subscription): Promise<void> {
    if (this.#socket.closing.aborted) return
    await new Promise<void>(opened => {
      this.#subscribe(subscription, opened)
        .catch(err => {
          this.#log.error({ err }, 'a stream failed')
          this.#socket.close(CLOSE.failed, 'reconnect with the last seqs')
        })
        .finally(opened)
    })
    if (this.#raw.isPaused && this.#opening.pendingCount < MOST_WAITING) this.#raw.resume()
  }

  #unsubscribe(jobId: string): void {
    this.#subscribed.get(jobId)?.abort()
    this.#subscribed.delete(jobId)
  }

  /** A second subscription to a job replaces the first. @param opened called once the snapshot is sent */
  async #subscribe({ jobId, after }: Subscription, opened: () => void): Promise<void> {
    this.#unsubscribe(jobId)
    if (this.#subscribed.size >= MAX_SUBSCRIPTIONS) return this.#refuse(jobId, 'too_many_subscriptions')
    const unsubscribed = new AbortController()
    this.#subscribed.set(jobId, unsubscribed)
    const signal = AbortSignal.any([this.#socket.closing, unsubscribed.signal])
    const exists = await watchRecord(
      streamedJobs(this.#stores),
      { id: jobId, after },
      this.#sinkOf(jobId, opened),
      signal,
    )
    if (!exists) this.#refuse(jobId, 'not_found')
    if (this.#subscribed.get(jobId) === unsubscribed) this.#subscribed.delete(jobId)
  }

  #sinkOf(jobId: string, opened: () => void): FrameSink<RecordFrame> {
    return {
      send: frame => {
        // An event has its `jobId`, and remains one object for all sockets.
        this.#socket.send('jobId' in frame ? frame : ({ ...frame, jobId } as Frame))
        opened()
      },
      offer: frame => this.#socket.offer(frame),
      room: () => this.#socket.room(),
    }
  }

  #refuse(jobId: string, code: 'not_found' | 'too_many_subscriptions'): void {
    this.#socket.send({ type: 'error', jobId, code })
  }
}

function parseCommand(text: string): z.infer<typeof StreamCommand> | undefined {
  try {
    return StreamCommand.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
