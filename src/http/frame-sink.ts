import type { Frame } from './frames.ts'

/** Accepts the frames for one reader. */
export interface FrameSink<F = Frame> {
  /** Sends a frame that must arrive. */
  send(frame: F): void
  /** Sends a frame that may be dropped: a slow reader does not receive it. */
  offer(frame: F): void
  /** Resolves when there is room for more, so that history waits in Redis and not in memory. */
  room(): Promise<void>
}

const HEARTBEAT_MS = 25_000
/** With more unsent bytes than this, `offer` drops frames and `room` waits. */
const CONFLATE_BYTES = 256 * 1024
/** With more unsent bytes than this, the reader is disconnected; it reconnects with its last seq and misses nothing. */
const TOO_SLOW_BYTES = 1024 * 1024
/** `room` disconnects a reader that accepts nothing for this long. */
const STUCK_MS = 30_000

/** The back-pressure of every stream: a reader uses a bounded amount of memory, however slowly it reads. */
export abstract class PacedSink implements FrameSink {
  readonly #closing = new AbortController()
  /** As `closing.aborted`, whose getter costs more than the rest of `send`. */
  #isClosed = false
  readonly #heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS)
  /** Numbers of frames: written, and of these, those that have left this process. */
  #written = 0
  #left = 0
  /** In the order of the numbers that they wait for. */
  readonly #waiting: { until: number; resolve: () => void }[] = []
  /** One function for all frames: few are waited for, and each new function would be garbage. */
  readonly #flushed = () => {
    this.#left++
    while (this.#waiting[0] && this.#waiting[0].until <= this.#left) this.#waiting.shift()!.resolve()
  }

  protected abstract get unsentBytes(): number
  /** @param flushed must be called once the frame has left this process */
  protected abstract write(frame: Frame, flushed: () => void): void
  /** Ends the connection of a reader that is too slow. */
  protected abstract cutOff(): void

  /** Aborted when either side closes the connection. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  send(frame: Frame): void {
    if (this.#isClosed) return
    this.#written++
    this.write(frame, this.#flushed)
    if (this.unsentBytes > TOO_SLOW_BYTES) this.cutOff()
  }

  offer(frame: Frame): void {
    if (this.unsentBytes <= CONFLATE_BYTES) this.send(frame)
  }

  async room(): Promise<void> {
    if (this.#isClosed || this.#left === this.#written || this.unsentBytes <= CONFLATE_BYTES) return
    const stuck = setTimeout(() => this.cutOff(), STUCK_MS)
    const until = this.#written
    await new Promise<void>(resolve => this.#waiting.push({ until, resolve }))
    clearTimeout(stuck)
  }

  /** Must be called when the connection closes; nothing is sent after that. */
  protected closed(): void {
    clearInterval(this.#heartbeat)
    this.#isClosed = true
    for (const { resolve } of this.#waiting.splice(0)) resolve()
    this.#closing.abort()
  }

  #beat(): void {
    this.offer({ type: 'heartbeat', time: new Date().toISOString() })
  }
}
