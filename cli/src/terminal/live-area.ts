import type { Output } from './output.ts'
import { visible } from './text.ts'

const PERIOD_MS = 80
const CLEAR_LINE = '\x1b[2K'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'

/** Some lines at the bottom of a terminal that are painted over, below the lines that stay. */
export class LiveArea {
  readonly #output: Output
  #lines: readonly string[] = []
  #painted = 0
  #timer: NodeJS.Timeout | undefined

  constructor(output: Output) {
    this.#output = output
  }

  /** Shows these lines, at most 12 times a second. None may be wider than the terminal. */
  show(lines: readonly string[]): void {
    this.#lines = lines
    this.#timer ??= setTimeout(() => this.#paint(), PERIOD_MS)
  }

  /** Writes lines that stay, above those that are painted over. */
  above(write: () => void): void {
    const hasLines = this.#painted > 0
    this.clear()
    write()
    if (hasLines) this.#paint()
  }

  /** Removes the lines; what is written next takes their place. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#painted === 0) return
    const up = this.#painted > 1 ? `\x1b[${this.#painted - 1}A` : ''
    this.#output.control(`\r${up}\x1b[J${SHOW_CURSOR}`)
    this.#painted = 0
  }

  #paint(): void {
    const lines = this.#lines
    this.#timer = undefined
    // The number of lines may change, and a smaller window may have wrapped them: start at the first line again.
    const up = this.#painted > 1 ? `\x1b[${this.#painted - 1}A` : ''
    const text = lines.map(line => CLEAR_LINE + visible(line)).join('\n')
    const rest = this.#painted > lines.length ? '\x1b[J' : ''
    this.#output.control(`${HIDE_CURSOR}\r${up}${text}${rest}`)
    this.#painted = lines.length
  }
}
