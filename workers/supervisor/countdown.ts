/** The longest delay that setTimeout accepts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A time limit that can be paused. */
export class Countdown {
  readonly #onOver: () => void
  #leftMs: number
  #runningSince = 0
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, onOver: () => void) {
    this.#leftMs = ms
    this.#onOver = onOver
    this.run()
  }

  /** Starts or continues the countdown; no effect while it runs. */
  run(): void {
    if (this.#timer) return
    this.#runningSince = performance.now()
    this.#timer = setTimeout(this.#onOver, Math.min(this.#leftMs, LONGEST_TIMER_MS))
  }

  /** Pauses the countdown; no effect while it is paused. */
  hold(): void {
    if (!this.#timer) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#leftMs -= performance.now() - this.#runningSince
  }
}
