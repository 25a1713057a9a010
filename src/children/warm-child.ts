import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { OUT_OF_MEMORY } from '#formats/blame-file.ts'
import { ChildDied } from './child-died.ts'
import { ANSWER_TOO_LARGE, type ChildError, type Order } from './child-protocol.ts'
import { type ChildOptions, forkConfined } from './fork-confined.ts'
import { LimitExceeded, type TaskLimits } from './limit-exceeded.ts'
import { watchLimits } from './watch-limits.ts'

const START_SECONDS = 120
/** A few times the length of the stack trace that V8 writes when it aborts. */
const STDERR_LENGTH = 16_000
/** V8's messages when its heap is full. */
const OUT_OF_HEAP = /heap out of memory|FatalProcessOutOfMemory/

/**
 * A child process that does one task at a time and stays alive for the next one. If a task exceeds a limit, the process is killed, which
 * frees all memory of the task; the next task starts a new process.
 */
export class WarmChild<Task, Answer extends object> {
  readonly #entry: string
  readonly #options: ChildOptions
  #child: ChildProcess | undefined
  #stderrTail = ''

  /** @param entry the URL of its program */
  constructor(entry: string, options: ChildOptions) {
    this.#entry = entry
    this.#options = options
  }

  get isWarm(): boolean {
    return this.#child?.connected === true
  }

  /**
   * @param folder that the task may write to
   * @throws LimitExceeded or ChildDied; the process has ended then
   */
  async ask(task: Task, limits: TaskLimits, folder?: string): Promise<Answer | ChildError> {
    const child = this.isWarm ? this.#child! : await this.#start()
    const message = await this.#race<Answer | ChildError>(child, signal => {
      const order: Order<Task> = { task, answerBytes: limits.answerBytes }
      // An error of `send` means that the child has ended, which `#ended` reports.
      child.send(order, () => {})
      return watchLimits(child.pid!, limits, folder, signal)
    })
    if ('error' in message) throwIfLimit(message, limits, this.#options)
    return message
  }

  /** Starts its process, so that the first task need not wait for it. @throws ChildDied */
  async warmUp(): Promise<void> {
    if (!this.isWarm) await this.#start()
  }

  close(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  async #start(): Promise<ChildProcess> {
    const child = forkConfined(this.#entry, this.#options)
    this.#child = child
    this.#stderrTail = ''
    child.on('error', () => {})
    // A child without stderr could not be spawned; its `error` event reports that.
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-STDERR_LENGTH)
    })
    try {
      await this.#race(child, signal => rejectAfter(START_SECONDS, signal))
      return child
    } catch (error) {
      throw new ChildDied((error as Error).message, this.#stderrTail, false)
    }
  }

  /** The next message of a child. If it ends or `watch` rejects first, this throws once the process has ended and writes no more. */
  async #race<Message>(
    child: ChildProcess,
    watch: (signal: AbortSignal) => Promise<never>,
  ): Promise<Message> {
    const settled = new AbortController()
    const { signal } = settled
    try {
      const ended = this.#ended(child, signal)
      return await Promise.race([nextMessage<Message>(child, signal), ended, watch(signal)])
    } catch (error) {
      await this.#kill(child)
      throw error
    } finally {
      settled.abort()
    }
  }

  /** Rejects when the child has ended, unless the signal is aborted before. */
  #ended(child: ChildProcess, signal: AbortSignal): Promise<never> {
    const ended = new Promise<never>((_, reject) => {
      const onClose = (code: number | null, cause: string | null) =>
        reject(
          OUT_OF_HEAP.test(this.#stderrTail)
            ? new LimitExceeded('heapBytes', this.#options.heapBytes)
            : new ChildDied(cause ?? `code ${code}`, this.#stderrTail),
        )
      const onError = (error: Error) => reject(new ChildDied(error.message, this.#stderrTail))
      child.once('close', onClose).once('error', onError)
      signal.addEventListener('abort', () => child.off('close', onClose).off('error', onError))
      if (child.exitCode !== null || child.signalCode !== null) onClose(child.exitCode, child.signalCode)
    })
    // If the task could not be sent, this promise is not awaited.
    ended.catch(() => {})
    return ended
  }

  async #kill(child: ChildProcess): Promise<void> {
    if (this.#child === child) this.#child = undefined
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
}

function nextMessage<Message>(child: ChildProcess, signal: AbortSignal): Promise<Message> {
  return new Promise(resolve => {
    const onMessage = (message: unknown) => resolve(message as Message)
    child.once('message', onMessage)
    signal.addEventListener('abort', () => child.off('message', onMessage))
  })
}

/** A failed allocation counts as exceeding the memory limit; a full disk does not. */
function throwIfLimit(
  { error: { name, message } }: ChildError,
  { answerBytes, residentBytes }: TaskLimits,
  { dataBytes }: ChildOptions,
): void {
  if (name === ANSWER_TOO_LARGE) throw new LimitExceeded('answerBytes', answerBytes)
  if (OUT_OF_MEMORY.test(message))
    throw new LimitExceeded('residentBytes', Math.min(residentBytes, dataBytes))
}

function rejectAfter(seconds: number, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`${seconds} s have passed`)), seconds * 1000)
    signal.addEventListener('abort', () => clearTimeout(timer))
  })
}
