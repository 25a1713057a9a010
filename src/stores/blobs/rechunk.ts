/** Yields the same bytes in pieces of `size`. The last piece may be shorter; empty content yields no pieces. */
export async function* rechunk(
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of content) {
    pieces.push(piece)
    length += piece.length
    if (length < size) continue
    const bytes = Buffer.concat(pieces)
    let at = 0
    for (; at + size <= length; at += size) yield bytes.subarray(at, at + size)
    pieces = [bytes.subarray(at)]
    length -= at
  }
  if (length > 0) yield Buffer.concat(pieces)
}
