import { ConnectionError } from './errors.ts'

/**
 * The chunks of a body. (Safari cannot iterate over a stream.) The rest of the body is cancelled when the iteration ends early.
 * @throws ConnectionError when the connection breaks, or no byte arrives for `silenceMs` while one is waited for
 */
export async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader()
  const cancel = () => reader.cancel().catch(() => {})
  let silence: ConnectionError | undefined
  const onSilence = () => {
    silence = silenceOf(silenceMs)
    void cancel()
  }
  try {
    for (;;) {
      const timer = setTimeout(onSilence, silenceMs)
      const { done, value } = await reader.read().finally(() => clearTimeout(timer))
      if (silence) throw silence
      if (done) return
      yield value
    }
  } catch (cause) {
    if (cause instanceof ConnectionError) throw cause
    throw new ConnectionError('The connection broke before the end of the answer.', { cause })
  } finally {
    await cancel()
  }
}

/** A body as text. A character that is split over two chunks is decoded with the second. */
export async function* textOf(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  for await (const chunk of chunksOf(body, silenceMs)) yield decoder.decode(chunk, { stream: true })
}

export function silenceOf(ms: number): ConnectionError {
  return new ConnectionError(`The service sent nothing for ${ms} ms.`)
}
