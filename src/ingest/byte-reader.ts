import { FormatError } from '#formats/format-error.ts'

/** Reads a stream of bytes in pieces of any length. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #name: string
  #held: Uint8Array = new Uint8Array(0)

  /** @param name of the stream in errors */
  constructor(source: AsyncIterable<Uint8Array>, name: string) {
    this.#source = source[Symbol.asyncIterator]()
    this.#name = name
  }

  /** @throws FormatError when the stream ends before `length` bytes */
  async take(length: number): Promise<Uint8Array> {
    const taken = await this.takeUpTo(length)
    if (taken.length < length)
      throw new FormatError(`${this.#name} ends within a piece of ${length} bytes: it is cut off`)
    return taken
  }

  /** The next `length` bytes, or fewer at the end of the stream. */
  async takeUpTo(length: number): Promise<Uint8Array> {
    const pieces = [this.#held]
    let available = this.#held.length
    while (available < length) {
      const { value, done } = await this.#source.next()
      if (done) break
      pieces.push(value)
      available += value.length
    }
    const all = pieces.length === 1 ? this.#held : Buffer.concat(pieces)
    this.#held = all.subarray(length)
    return all.subarray(0, length)
  }

  /** The rest of the stream, in pieces of whole items. @throws FormatError when it ends within an item */
  async *rest(itemBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    const pieceBytes = Math.max(1, Math.floor(65_536 / itemBytes)) * itemBytes
    for (;;) {
      const piece = await this.takeUpTo(pieceBytes)
      if (piece.length % itemBytes !== 0)
        throw new FormatError(`${this.#name} ends within an item of ${itemBytes} bytes: it is cut off`)
      if (piece.length > 0) yield piece
      if (piece.length < pieceBytes) return
    }
  }
}
