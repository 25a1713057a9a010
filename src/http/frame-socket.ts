import type { WebSocket } from '@fastify/websocket'

export const CLOSE = {
  normal: 1000,
  shuttingDown: 1001,
  badFrame: 4400,
  noSuchJob: 4404,
  tooSlow: 4408,
} as const

const HEARTBEAT_MS = 25_000
/** Above this much unsent, progress is dropped and events wait in Redis, so that a slow reader costs no more memory. */
const CONFLATE_BYTES = 256 * 1024
/** A reader that takes nothing for this long is closed; it reconnects with its last seq and misses nothing. */
const STUCK_MS = 30_000

/** A WebSocket that sends JSON frames at its reader's pace. */
export class FrameSocket {
  readonly #socket: WebSocket
  /** Resolves once the socket is closed, by whichever side. */
  readonly closed: Promise<unknown>

  constructor(socket: WebSocket) {
    this.#socket = socket
    this.closed = new Promise(resolve => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.on('message', () => this.close(CLOSE.badFrame, 'this stream takes no frames'))
    const heartbeat = setInterval(
      () => this.offer({ type: 'heartbeat', time: new Date().toISOString() }),
      HEARTBEAT_MS,
    )
    socket.on('close', () => clearInterval(heartbeat))
  }

  /** Resolves when the frame may be followed by the next. */
  async send(frame: object): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    const sent = new Promise(resolve => this.#socket.send(JSON.stringify(frame), resolve))
    if (this.#socket.bufferedAmount > CONFLATE_BYTES) await this.#drained(sent)
  }

  /** Sends a frame that may be lost: a reader who is behind does not get it. */
  offer(frame: object): void {
    if (this.#socket.readyState === this.#socket.OPEN && this.#socket.bufferedAmount <= CONFLATE_BYTES) {
      this.#socket.send(JSON.stringify(frame))
    }
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  async #drained(sent: Promise<unknown>): Promise<void> {
    const timer = setTimeout(() => {
      this.close(CLOSE.tooSlow, 'reconnect with the last seq')
      this.#socket.terminate()
    }, STUCK_MS)
    await Promise.race([sent, this.closed])
    clearTimeout(timer)
  }
}
