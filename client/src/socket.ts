import { silenceOf } from './chunks.ts'
import { ConnectionError, ThresherError } from './errors.ts'

/** The part of a WebSocket that this client uses. The classes of browsers, of Node 22 and of the package `ws` have it. */
export interface Socket {
  readonly readyState: number
  send(text: string): void
  close(code?: number): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
}

export type SocketClass = new (url: string) => Socket

export interface SocketEvents {
  onOpen: () => void
  onText: (text: string) => void
  /** Milliseconds without a message after which the connection counts as broken. */
  silenceMs: number
  signal: AbortSignal
}

const BAD_FRAME = 4400

/** Rejects once the connection has ended. @throws ConnectionError; ThresherError if the service does not understand this client; the reason of the signal */
export function converse(
  socket: Socket,
  { onOpen, onText, silenceMs, signal }: SocketEvents,
): Promise<never> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const ended = new Promise<never>((_, reject) => {
    const heard = () => {
      clearTimeout(timer)
      timer = setTimeout(() => reject(silenceOf(silenceMs)), silenceMs)
    }
    heard()
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    socket.addEventListener('open', onOpen)
    socket.addEventListener('message', ({ data }) => {
      heard()
      if (signal.aborted || typeof data !== 'string') return
      try {
        onText(data)
      } catch (error) {
        reject(error)
      }
    })
    // The event has no cause; a close event follows.
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', ({ code, reason }) => {
      const message = `The service closed the stream with ${code}${reason && `: ${reason}`}.`
      reject(code === BAD_FRAME ? new ThresherError(message) : new ConnectionError(message))
    })
  })
  return ended.finally(() => {
    clearTimeout(timer)
    socket.close()
  })
}
