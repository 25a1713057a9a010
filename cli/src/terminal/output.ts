import type { WriteStream } from 'node:tty'
import { visible } from './text.ts'

/** A stream that may be a terminal. What is written to it can colour text, and control the terminal in no other way. */
export class Output {
  readonly #stream: NodeJS.WriteStream

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  get isTTY(): boolean {
    return Boolean(this.#stream.isTTY)
  }

  /** The width of the terminal in characters; undefined if the stream is a file or a pipe. */
  get columns(): number | undefined {
    return this.isTTY ? (this.#stream as WriteStream).columns || 80 : undefined
  }

  write(text: string): void {
    this.#stream.write(visible(text))
  }

  /** Writes what may move the cursor; it must contain no text of others that is not `visible`. */
  control(sequence: string): void {
    this.#stream.write(sequence)
  }
}
