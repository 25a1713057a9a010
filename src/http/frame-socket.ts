import type { WebSocket } from '@fastify/websocket'
import type { Follower } from '#stores/job-events.ts'

export const CLOSE = {
  normal: 1000,
  shuttingDown: 1001,
  failed: 1011,
  badFrame: 4400,
  noSuchJob: 4404,
  tooSlow: 4408,
} as const

const HEARTBEAT_MS = 25_000
/** Above this much unsent, progress is dropped and a replay waits, so that a slow reader costs no more memory. */
const CONFLATE_BYTES = 256 * 1024
/** Above this much unsent, the reader is closed; it reconnects with its last seq and misses nothing. */
const TOO_SLOW_BYTES = 1024 * 1024
/** A replay waits no longer for a reader that takes nothing. */
const STUCK_MS = 30_000

/** A WebSocket that sends JSON frames. Made before anything is awaited, so that nothing the client does goes unheard. */
export class FrameSocket implements Pick<Follower, 'room'> {
  readonly #socket: WebSocket
  readonly #closing = new AbortController()
  #flushed: Promise<void> = Promise.resolve()

  /** @param onText takes the client's frames; without it there are none to send */
  constructor(socket: WebSocket, onText?: (text: string) => void) {
    this.#socket = socket
    const beat = () => this.offer({ type: 'heartbeat', time: new Date().toISOString() })
    const heartbeat = setInterval(beat, HEARTBEAT_MS)
    socket.on('close', () => {
      clearInterval(heartbeat)
      this.#closing.abort()
    })
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => {
      if (onText && !isBinary) onText(String(data))
      else this.close(CLOSE.badFrame, 'this stream takes no such frame')
    })
  }

  /** Aborted once the socket closes, by whichever side. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  send(frame: object): void {
    if (this.closing.aborted) return
    this.#flushed = new Promise(resolve => this.#socket.send(JSON.stringify(frame), () => resolve()))
    if (this.#socket.bufferedAmount > TOO_SLOW_BYTES) this.close(CLOSE.tooSlow, 'reconnect with the last seq')
  }

  /** Sends a frame that may be lost: a reader who is behind does not get it. */
  offer(frame: object): void {
    if (this.#socket.bufferedAmount <= CONFLATE_BYTES) this.send(frame)
  }

  async room(): Promise<void> {
    if (this.closing.aborted || this.#socket.bufferedAmount <= CONFLATE_BYTES) return
    const stuck = setTimeout(() => this.close(CLOSE.tooSlow, 'reconnect with the last seq'), STUCK_MS)
    const closed = new Promise<void>(resolve => {
      this.closing.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([this.#flushed, closed])
    clearTimeout(stuck)
  }

  /** What was sent before still arrives; a client that does not answer is cut off by `ws` after its 30 s. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    this.#closing.abort()
  }
}
