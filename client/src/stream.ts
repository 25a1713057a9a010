import { type AnswerError, errorOf, ThresherError } from './errors.ts'
import { type JobFrame, parseFrame } from './frames.ts'
import { pause } from './pause.ts'
import { Tickets } from './resources/tickets.ts'
import { mayPass, pauseMs } from './retry.ts'
import { converse, type Socket, type SocketClass } from './socket.ts'
import type { Transport } from './transport.ts'
import { Watcher } from './watcher.ts'

export interface StreamOptions {
  /** Milliseconds without a message after which a connection counts as broken. Default 60,000: the service sends one every 25 s. */
  silenceMs?: number
  /** Is called when the connection broke and will be made again. The next frame of every job after that is a snapshot. */
  onInterruption?: (error: ThresherError) => void
}

export interface StreamWatchOptions {
  /** The seq of the last event that is known. Default 0: every event. */
  after?: number | undefined
  signal?: AbortSignal | undefined
}

type StreamFrame =
  | (JobFrame & { jobId: string })
  | { type: 'error'; jobId: string; code: string }
  | { type: 'heartbeat' }

const SILENCE_MS = 60_000
/** `WebSocket.OPEN`. */
const OPEN = 1

/**
 * Frames of many jobs over one WebSocket, which is open while a job is watched. A broken connection is made again, and every job continues
 * after its last event.
 */
export class JobStream {
  readonly #transport: Transport
  readonly #tickets: Tickets
  readonly #options: StreamOptions
  readonly #watchers = new Map<string, Set<Watcher>>()
  /** Ends the connection, also while it is being made. */
  #stop: AbortController | undefined
  #open: Socket | undefined

  constructor(transport: Transport, options: StreamOptions) {
    this.#transport = transport
    this.#tickets = new Tickets(transport)
    this.#options = options
  }

  /**
   * Frames until the job has ended, as `jobs.watch` yields them. The job is watched from the first frame that is asked for until the loop
   * is left or the signal aborted.
   * @throws NotFoundError if there is no such job, AuthenticationError if the key was revoked; the reason of the signal
   */
  async *watch(
    jobId: string,
    { after = 0, signal }: StreamWatchOptions = {},
  ): AsyncGenerator<JobFrame, void, undefined> {
    signal?.throwIfAborted()
    const watcher = new Watcher(after)
    const onAbort = () => watcher.fail(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#add(jobId, watcher)
    try {
      yield* watcher.frames()
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#remove(jobId, watcher)
    }
  }

  /** Ends every watch with an error, and the connection. */
  close(): void {
    this.#failAll(new ThresherError('The stream was closed.'))
    this.#disconnect()
  }

  #add(jobId: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(jobId) ?? new Set()
    this.#watchers.set(jobId, watchers.add(watcher))
    if (this.#stop) this.#subscribe(jobId, watchers)
    else void this.#run()
  }

  #remove(jobId: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(jobId)
    if (!watchers?.delete(watcher) || watchers.size > 0) return
    this.#watchers.delete(jobId)
    if (this.#watchers.size > 0) this.#send({ unsubscribe: { jobId } })
    else this.#disconnect()
  }

  /** A job that is watched from now on gets another connection, even before this one has closed. */
  #disconnect(): void {
    this.#stop?.abort()
    this.#stop = undefined
    this.#open = undefined
  }

  #subscribe(jobId: string, watchers: ReadonlySet<Watcher>): void {
    const after = Math.min(...[...watchers].map(watcher => watcher.after))
    this.#send({ subscribe: { jobId, after } })
  }

  /** A connection that is closing gets nothing more: the next one subscribes to every job. */
  #send(frame: object): void {
    if (this.#open?.readyState === OPEN) this.#open.send(JSON.stringify(frame))
  }

  /** Connects until nothing is watched any more, or the service refuses. */
  async #run(): Promise<void> {
    const stop = new AbortController()
    this.#stop = stop
    let failures = 0
    const onActivity = () => {
      failures = 0
    }
    try {
      for (;;) {
        const error = await this.#connect(stop.signal, onActivity).catch(error => error as unknown)
        if (stop.signal.aborted) return
        if (!mayPass(error)) return this.#failAll(error)
        this.#options.onInterruption?.(error)
        await pause(pauseMs(error, failures++), stop.signal)
      }
    } catch (error) {
      if (!stop.signal.aborted) this.#failAll(error)
    } finally {
      if (this.#stop === stop) this.#stop = undefined
    }
  }

  /** Rejects when the connection has ended. */
  async #connect(signal: AbortSignal, onActivity: () => void): Promise<never> {
    const Class = socketClassOf(this.#transport)
    const { ticket } = await this.#tickets.create({ signal, retries: 0 })
    const url = `${this.#transport.url.replace(/^http/, 'ws')}/v1/stream?ticket=${encodeURIComponent(ticket)}`
    const socket = new Class(url)
    try {
      return await converse(socket, {
        onOpen: () => {
          this.#open = socket
          for (const [jobId, watchers] of this.#watchers) this.#subscribe(jobId, watchers)
        },
        onText: text => {
          onActivity()
          this.#receive(parseFrame(text) as StreamFrame)
        },
        silenceMs: this.#options.silenceMs ?? SILENCE_MS,
        signal,
      })
    } finally {
      if (this.#open === socket) this.#open = undefined
    }
  }

  #receive(frame: StreamFrame): void {
    if (frame.type === 'heartbeat') return
    for (const watcher of this.#watchers.get(frame.jobId) ?? [])
      if (frame.type === 'error') watcher.fail(refusalOf(frame))
      else watcher.accept(frame)
  }

  #failAll(error: unknown): void {
    for (const watchers of this.#watchers.values()) for (const watcher of watchers) watcher.fail(error)
  }
}

/** @throws ThresherError if there is none */
function socketClassOf({ WebSocket }: Transport): SocketClass {
  if (WebSocket) return WebSocket
  const help = 'Use Node 22, or pass the class of the package `ws` as the option `WebSocket` of the client.'
  throw new ThresherError(`stream() needs a WebSocket, which this version of Node does not have. ${help}`)
}

function refusalOf({ jobId, code }: { jobId: string; code: string }): AnswerError {
  const [status, detail] =
    code === 'not_found'
      ? [404, `There is no job ${jobId}.`]
      : [429, `The stream refuses the job ${jobId}: ${code}.`]
  return errorOf({ type: 'about:blank', title: detail, status, detail, code, errors: [], requestId: '' })
}
