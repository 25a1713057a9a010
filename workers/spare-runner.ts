import type { RunnerProcess } from './runner-process.ts'

/** Keeps one runner waiting with its engine loaded, so that a job starts at once. */
export class SpareRunner {
  readonly #start: () => RunnerProcess
  #spare: RunnerProcess

  constructor(start: () => RunnerProcess) {
    this.#start = start
    this.#spare = start()
  }

  take(): RunnerProcess {
    const runner = this.#spare.isAlive ? this.#spare : this.#start()
    this.#spare = this.#start()
    return runner
  }

  close(): void {
    this.#spare.kill()
  }
}
