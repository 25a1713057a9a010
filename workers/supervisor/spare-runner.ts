import type { RunnerProcess } from './runner-process.ts'

/** Keeps one runner waiting with its engine loaded, so that a job starts at once. */
export class SpareRunner {
  readonly #start: () => RunnerProcess
  #spare: RunnerProcess | undefined

  constructor(start: () => RunnerProcess) {
    this.#start = start
    this.refill()
  }

  take(): RunnerProcess {
    const runner = this.#spare?.isAlive ? this.#spare : this.#start()
    this.#spare = undefined
    return runner
  }

  /** For when nothing trains: loading an engine takes a second of a processor that a training wants for itself. */
  refill(): void {
    this.#spare ??= this.#start()
  }

  close(): void {
    this.#spare?.kill()
  }
}
