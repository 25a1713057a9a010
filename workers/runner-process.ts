import { type ChildProcess, fork } from 'node:child_process'
import { on } from 'node:events'
import { fileURLToPath } from 'node:url'
import { harmlessEnvironment } from '#src/config.ts'
import type { Engine } from './engine/engine.ts'
import type { RunnerMessage, RunnerNews, RunnerOrder, TrainingTask } from './runner-protocol.ts'

const STOP_GRACE_MS = 10_000
const LAST_WORDS_LENGTH = 4_000

/** A runner as its supervisor sees it. It serves for one task. */
export class RunnerProcess {
  readonly #child: ChildProcess
  readonly #ready: Promise<void>
  #lastWords = ''
  /** Resolves when the process is gone, with how it ended. */
  readonly ended: Promise<string>

  constructor({ name, threads }: Engine) {
    this.#child = fork(fileURLToPath(import.meta.resolve('#workers/runner.ts')), [name, String(threads)], {
      // A process group of its own: Ctrl-C must not take it, and a kill must take all of it.
      detached: true,
      env: harmlessEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_LENGTH)
    })
    this.#ready = new Promise(resolve => {
      this.#child.once('message', () => resolve())
      this.#child.once('disconnect', resolve)
    })
    this.ended = new Promise(resolve => {
      this.#child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
      this.#child.once('error', error => resolve(error.message))
    })
  }

  /** The end of what it wrote to stderr, for the log: TensorFlow says there why it aborts. */
  get lastWords(): string {
    return this.#lastWords
  }

  get isAlive(): boolean {
    return this.#child.connected
  }

  /** The news of the task, until the process has nothing more to say: its end is `done`, `failed`, or silence. */
  async *train(task: TrainingTask): AsyncGenerator<RunnerNews, void, undefined> {
    await this.#ready
    if (!this.#child.connected) return
    const messages = on(this.#child, 'message', { close: ['disconnect'] })
    this.#order({ type: 'train', task })
    for await (const [message] of messages) yield message as Exclude<RunnerMessage, { type: 'ready' }>
  }

  /** Asks it to end, and makes it end when it does not. @param keep whether it is to leave a checkpoint first */
  stop(keep: boolean): void {
    this.#order({ type: 'stop', keep })
    const timer = setTimeout(() => this.kill(), STOP_GRACE_MS)
    void this.ended.then(() => clearTimeout(timer))
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this.#child
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
  }

  #order(order: RunnerOrder): void {
    // A runner that is gone hears nothing; `ended` says so.
    if (this.#child.connected) this.#child.send(order, () => {})
  }
}
