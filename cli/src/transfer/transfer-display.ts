import { bar } from '../terminal/bar.ts'
import { bytes } from '../terminal/figures.ts'
import { fitLine } from '../terminal/fit-line.ts'
import { LiveArea } from '../terminal/live-area.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'

const WIDTH = 30

/** A bar on a terminal while bytes are sent or received; elsewhere nothing. */
export class TransferDisplay {
  readonly #terminal: Terminal
  readonly #live: LiveArea | undefined
  readonly #label: string
  readonly #startedAt = Date.now()
  #firstBytes: number | undefined

  constructor(terminal: Terminal, label: string) {
    this.#terminal = terminal
    this.#label = label
    this.#live = terminal.isLive ? new LiveArea(terminal.err) : undefined
  }

  show(doneBytes: number, totalBytes: number): void {
    if (!this.#live) return
    // A continued download has bytes before it begins.
    this.#firstBytes ??= doneBytes
    const { errColors: colors, err } = this.#terminal
    const seconds = (Date.now() - this.#startedAt) / 1000
    const rate = (doneBytes - this.#firstBytes) / Math.max(seconds, 0.001)
    const parts = [
      { text: this.#label, optional: 2 },
      { text: bar(totalBytes > 0 ? doneBytes / totalBytes : 1, WIDTH, colors) },
      { text: `${bytes(doneBytes)} of ${bytes(totalBytes)}`, optional: 1 },
      { text: colors.dim(`${bytes(rate)}/s`), optional: 3 },
    ]
    this.#live.show([fitLine(parts, (columnsOf(err) ?? 80) - 1)])
  }

  close(): void {
    this.#live?.clear()
  }
}
