import { type ChildProcess, fork } from 'node:child_process'
import { on } from 'node:events'
import { fileURLToPath } from 'node:url'
import { watchMemory } from '#children/watch-memory.ts'
import type { Failure } from '#domain/event.ts'
import { inMegabytes } from '#domain/megabytes.ts'
import { harmlessEnvironment } from '#src/config.ts'
import type { Engine } from '#workers/engine/engine.ts'
import { outOfMemory, saysOutOfMemory } from '#workers/runner/out-of-memory.ts'
import type { RunnerMessage, RunnerNews, RunnerOrder, TrainingTask } from '#workers/runner/runner-protocol.ts'
import { countOomKills } from './count-oom-kills.ts'

const STOP_GRACE_MS = 10_000
/** V8 says why it aborts, and then where, which is long. */
const LAST_WORDS_LENGTH = 8_000

/** A runner as its supervisor sees it. It serves for one task. */
export class RunnerProcess {
  readonly #child: ChildProcess
  readonly #ready: Promise<void>
  #lastWords = ''
  /** When its task began. */
  #oomKillsBefore = countOomKills()
  #exceededBytes: number | undefined
  #isKilled = false
  /** The most memory that it may hold. */
  readonly memoryBytes: number
  /** Resolves when the process is gone, with how it ended. */
  readonly ended: Promise<string>

  /** @param memoryBytes it is killed when it holds more at its task; what starting takes is no fault of a task */
  constructor({ name, threads }: Engine, memoryBytes: number) {
    this.memoryBytes = memoryBytes
    this.#child = fork(
      fileURLToPath(import.meta.resolve('#workers/runner/runner.ts')),
      [name, String(threads)],
      {
        // A process group of its own: Ctrl-C must not take it, and a kill must take all of it.
        detached: true,
        env: harmlessEnvironment(),
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    )
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_LENGTH)
    })
    this.#ready = new Promise(resolve => {
      this.#child.once('message', (message: RunnerMessage) => {
        // It did not come as far as a task: nobody else hears of it.
        if (message.type === 'failed') this.#lastWords += message.error.message
        resolve()
      })
      this.#child.once('disconnect', resolve)
    })
    this.ended = new Promise(resolve => {
      // Not 'exit': what it wrote last is to be read first.
      this.#child.once('close', (code, signal) => resolve(signal ?? `code ${code}`))
      this.#child.once('error', error => resolve(error.message))
    })
  }

  /** The end of what it wrote to stderr, for the log: TensorFlow says there why it aborts. */
  get lastWords(): string {
    return this.#lastWords
  }

  /** What it held when it was killed for that. */
  get exceededBytes(): number | undefined {
    return this.#exceededBytes
  }

  /** Of a runner that has ended without a last word: the failure, if memory ran out. Any other death is no fault of the job. */
  get memoryFailure(): Failure | undefined {
    if (this.#exceededBytes !== undefined) {
      const [held, limit] = [this.#exceededBytes, this.memoryBytes].map(inMegabytes)
      return outOfMemory(`The training process held ${held} of memory; the limit of its worker is ${limit}.`)
    }
    if (this.#isKilledByKernel())
      return outOfMemory('The kernel killed the training process: memory ran out.')
    if (this.#child.signalCode !== 'SIGKILL' && saysOutOfMemory(this.#lastWords))
      return outOfMemory('The training process aborted because it could not allocate memory.')
    return undefined
  }

  #isKilledByKernel(): boolean {
    const isKilledByOthers = this.#child.signalCode === 'SIGKILL' && !this.#isKilled
    return isKilledByOthers && (countOomKills() ?? 0) > (this.#oomKillsBefore ?? 0)
  }

  get isAlive(): boolean {
    return this.#child.connected
  }

  /** The news of the task, until the process has nothing more to say: its end is `done`, `failed`, or silence. */
  async *train(task: TrainingTask): AsyncGenerator<RunnerNews, void, undefined> {
    await this.#ready
    if (!this.#child.connected) return
    this.#oomKillsBefore = countOomKills()
    this.#watchMemory()
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
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    this.#isKilled = true
    process.kill(-pid, 'SIGKILL')
  }

  #watchMemory(): void {
    const { pid } = this.#child
    if (pid === undefined) return
    const end = watchMemory(pid, this.memoryBytes, bytes => {
      this.#exceededBytes = bytes
      this.kill()
    })
    void this.ended.then(end)
  }

  #order(order: RunnerOrder): void {
    // A runner that is gone hears nothing; `ended` says so.
    if (this.#child.connected) this.#child.send(order, () => {})
  }
}
