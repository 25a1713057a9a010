import type { Socket } from 'node:net'
import type { WebSocket } from '@fastify/websocket'
import { PacedSink } from './frame-sink.ts'
import type { Frame } from './frames.ts'
import { oncePerObject } from './once-per-object.ts'
import { textFrame } from './text-frame.ts'

export const CLOSE = {
  normal: 1000,
  shuttingDown: 1001,
  tooLarge: 1009,
  failed: 1011,
  badFrame: 4400,
  unauthenticated: 4401,
  noSuchJob: 4404,
  tooSlow: 4408,
} as const

const bytesOf = oncePerObject((frame: object) => textFrame(JSON.stringify(frame)))

/** Sends frames as JSON over a WebSocket. Create it before the first `await`, so that no frame of the client is missed. */
export class FrameSocket extends PacedSink {
  readonly #socket: WebSocket
  readonly #connection: Socket

  /**
   * @param connection under `socket`
   * @param onText receives the client's frames. Absent: a client must not send any
   */
  constructor(socket: WebSocket, connection: Socket, onText?: (text: string) => void) {
    super()
    this.#socket = socket
    this.#connection = connection
    socket.on('close', () => this.closed())
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => {
      if (onText && !isBinary) onText(String(data))
      else this.close(CLOSE.badFrame, 'this stream does not accept such a frame')
    })
  }

  /** Frames that were already sent still arrive; `ws` terminates a client that does not answer within 30 s. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    this.closed()
  }

  protected get unsentBytes(): number {
    return this.#connection.writableLength
  }

  protected write(frame: Frame, flushed: () => void): void {
    // `ws` would frame the same message again for every reader, and write header and message apart. Its other frames cannot come between
    // the bytes of this one, since each is a single write, and without compression `ws` queues nothing.
    if (this.#socket.readyState === this.#socket.OPEN) this.#connection.write(bytesOf(frame), flushed)
  }

  protected cutOff(): void {
    this.close(CLOSE.tooSlow, 'reconnect with the last seq')
  }
}
