/** The chunks of a body. Safari cannot iterate over a stream. The rest of the body is cancelled when the iteration ends early. */
export async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // After an error there is nothing to cancel.
    await reader.cancel().catch(() => {})
  }
}

/** A body as text. A character that is split over two chunks is decoded with the second. */
export async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of chunksOf(body)) yield decoder.decode(chunk, { stream: true })
}
