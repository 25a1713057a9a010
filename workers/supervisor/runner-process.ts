import { type ChildProcess, fork } from 'node:child_process'
import { on } from 'node:events'
import { fileURLToPath } from 'node:url'
import { watchMemory } from '#children/watch-memory.ts'
import type { Failure } from '#domain/event.ts'
import { inMegabytes } from '#domain/megabytes.ts'
import { harmlessEnvironment } from '#src/config.ts'
import type { Engine } from '#workers/engine/engine.ts'
import { MOST_LEFT_BYTES } from '#workers/runner/most-left.ts'
import { outOfMemory, saysOutOfMemory } from '#workers/runner/out-of-memory.ts'
import type { RunnerMessage, RunnerOrder, RunnerReport, TaskOrder } from '#workers/runner/runner-protocol.ts'
import { countOomKills } from './count-oom-kills.ts'

const STOP_GRACE_MS = 10_000
/** Some trainings need up to a fifth more memory than estimated. */
const ESTIMATE_MARGIN = 1.25
/** When V8 aborts, it writes the reason and then a long stack trace. */
const STDERR_TAIL_LENGTH = 8_000

/** The supervisor's handle of a runner process, which performs one task at a time. */
export class RunnerProcess {
  readonly #child: ChildProcess
  /** Resolves when it can take a task, or has ended. */
  #ready: Promise<void>
  /** From the start of a task until the report that completes it. */
  #isBusy = false
  #isUsed = false
  #stderrTail = ''
  /** The count when its task began. */
  #oomKillsBefore = countOomKills()
  #exceededBytes: number | undefined
  #isStopped = false
  #isKilled = false
  /** Its memory limit. */
  readonly memoryBytes: number
  /** Resolves when the process has ended, with the signal or the exit code: `SIGKILL`, `code 1`. */
  readonly ended: Promise<string>

  /** @param memoryBytes the process is killed if it uses more during its task; memory that it used before the task does not count */
  constructor({ name, threads }: Engine, memoryBytes: number) {
    this.memoryBytes = memoryBytes
    this.#child = fork(
      fileURLToPath(import.meta.resolve('#workers/runner/runner.ts')),
      [name, String(threads)],
      {
        // A separate process group: Ctrl-C must not end it, and a kill must end all of its processes.
        detached: true,
        env: harmlessEnvironment(),
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    )
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-STDERR_TAIL_LENGTH)
    })
    this.#child.once('message', (message: RunnerMessage) => {
      // It failed before it had a task, so this message has no other reader.
      if (message.type === 'failed') this.#stderrTail += message.error.message
    })
    this.ended = new Promise(resolve => {
      // Not 'exit', because the rest of its stderr must be read first.
      this.#child.once('close', (code, signal) => resolve(signal ?? `code ${code}`))
      this.#child.once('error', error => resolve(error.message))
    })
    this.#ready = this.#nextReady()
  }

  /** The end of its stderr, for the log: TensorFlow writes the reason of an abort there. */
  get stderrTail(): string {
    return this.#stderrTail
  }

  /** The memory that it used when it was killed for exceeding its limit. */
  get exceededBytes(): number | undefined {
    return this.#exceededBytes
  }

  /** The failure of a runner that ended without a last report because memory ran out; undefined if it ended for another reason. */
  get memoryFailure(): Failure | undefined {
    if (this.#exceededBytes !== undefined) {
      const [held, limit] = [this.#exceededBytes, this.memoryBytes].map(inMegabytes)
      return outOfMemory(`The training process used ${held} of memory; the limit of its worker is ${limit}.`)
    }
    if (this.#wasKilledByKernel())
      return outOfMemory('The kernel killed the training process: memory ran out.')
    if (this.#child.signalCode !== 'SIGKILL' && saysOutOfMemory(this.#stderrTail))
      return outOfMemory('The training process aborted because it could not allocate memory.')
    return undefined
  }

  #wasKilledByKernel(): boolean {
    const wasKilledByOthers = this.#child.signalCode === 'SIGKILL' && !this.#isKilled
    return wasKilledByOthers && (countOomKills() ?? 0) > (this.#oomKillsBefore ?? 0)
  }

  get isAlive(): boolean {
    return this.#child.connected
  }

  /**
   * Whether a task that needs this much memory in a new process surely stays within the limit here, with what earlier tasks have left.
   * @param bytes an estimate
   */
  hasRoomFor(bytes: number): boolean {
    return !this.#isUsed || bytes * ESTIMATE_MARGIN + MOST_LEFT_BYTES <= this.memoryBytes
  }

  /**
   * Whether it can take another task: it has completed all tasks so far, and has not been stopped. Waits until it has cleaned up after the
   * last one.
   */
  async isReusable(): Promise<boolean> {
    if (this.#isBusy || this.#isStopped) return false
    await this.#ready
    return !this.#isStopped && this.isAlive
  }

  /** The reports of the task; the last one ends the task, unless it was stopped or died. */
  async *perform(order: TaskOrder): AsyncGenerator<RunnerReport, void, undefined> {
    await this.#ready
    if (!this.#child.connected) return
    this.#isBusy = true
    this.#isUsed = true
    this.#stderrTail = ''
    this.#oomKillsBefore = countOomKills()
    this.#ready = this.#nextReady()
    const endWatch = this.#watchMemory()
    const messages = on(this.#child, 'message', { close: ['disconnect'] })
    this.#send(order)
    try {
      for await (const [message] of messages) {
        const report = message as RunnerReport
        this.#isBusy = !completesTask(report)
        yield report
        if (!this.#isBusy) return
      }
    } finally {
      endWatch()
    }
  }

  /** Requests that it ends, and kills it if it does not. @param keep whether it writes a checkpoint first */
  stop(keep: boolean): void {
    this.#isStopped = true
    this.#send({ type: 'stop', keep })
    const timer = setTimeout(() => this.kill(), STOP_GRACE_MS)
    void this.ended.then(() => clearTimeout(timer))
  }

  kill(): void {
    this.#isStopped = true
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    this.#isKilled = true
    process.kill(-pid, 'SIGKILL')
  }

  /** Resolves when it can take a task, or has ended. */
  #nextReady(): Promise<void> {
    return new Promise(resolve => {
      const onMessage = (message: RunnerMessage) => {
        if (message.type !== 'ready') return
        this.#child.off('message', onMessage)
        resolve()
      }
      this.#child.on('message', onMessage)
      void this.ended.then(() => resolve())
    })
  }

  /** @returns a function that ends the watch */
  #watchMemory(): () => void {
    const { pid } = this.#child
    if (pid === undefined) return () => {}
    return watchMemory(pid, this.memoryBytes, bytes => {
      this.#exceededBytes = bytes
      this.kill()
    })
  }

  #send(order: RunnerOrder): void {
    // If the runner has already ended, `ended` reports it.
    if (this.#child.connected) this.#child.send(order, () => {})
  }
}

function completesTask({ type }: RunnerReport): boolean {
  return type === 'done' || type === 'analysed'
}
