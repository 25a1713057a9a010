import { ConnectionError } from './errors.ts'

/** A signal that is aborted once nothing has been heard for a time. */
export class Silence {
  readonly #controller = new AbortController()
  readonly #ms: number
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ms: number) {
    this.#ms = ms
    this.heard()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Starts the time again. */
  heard(): void {
    clearTimeout(this.#timer)
    const error = new ConnectionError(`The service sent nothing for ${this.#ms} ms.`)
    this.#timer = setTimeout(() => this.#controller.abort(error), this.#ms)
  }

  /** Must be called at the end, so that no timer remains. */
  stop(): void {
    clearTimeout(this.#timer)
  }
}
