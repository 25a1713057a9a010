import type { RunnerProcess } from './runner-process.ts'

/** Keeps one idle runner with its engine loaded, so that a job starts at once: a new one, or that of the last job. */
export class SpareRunner {
  readonly #start: () => RunnerProcess
  #spare: RunnerProcess | undefined

  constructor(start: () => RunnerProcess) {
    this.#start = start
    this.refill()
  }

  /** A runner for a job that needs this much memory, by its estimate. */
  take(neededBytes: number): RunnerProcess {
    const spare = this.#spare
    this.#spare = undefined
    if (spare?.isAlive && spare.hasRoomFor(neededBytes)) return spare
    spare?.kill()
    return this.#start()
  }

  /** Keeps a runner whose task is done for the next job, or ends it. */
  async giveBack(runner: RunnerProcess): Promise<void> {
    if (!this.#spare && (await runner.isReusable())) this.#spare = runner
    else runner.kill()
  }

  /**
   * Starts a runner if there is none. To be called while nothing trains: loading an engine takes a second of processor time, which would
   * slow a training.
   */
  refill(): void {
    this.#spare ??= this.#start()
  }

  close(): void {
    this.#spare?.kill()
  }
}
