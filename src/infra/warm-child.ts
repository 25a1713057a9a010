import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { harmlessEnvironment } from '#src/config.ts'

export type ChildError = { error: { name: string; message: string } }

export interface ChildOptions {
  /** For Node. */
  flags?: readonly string[]
  env?: Readonly<Record<string, string>>
}

/**
 * A child process that answers one task at a time and stays for the next one, until it has been idle for long enough. It holds no
 * credentials, and takes the memory that its work needed with it when it goes.
 */
export class WarmChild<Task, Answer extends object> {
  readonly #entry: string
  readonly #idleMs: number
  readonly #options: ChildOptions
  #last: Promise<unknown> = Promise.resolve()
  #child: ChildProcess | undefined
  #idle: NodeJS.Timeout | undefined

  /** @param entry the URL of its program */
  constructor(entry: string, idleMs: number, options: ChildOptions = {}) {
    this.#entry = entry
    this.#options = options
    this.#idleMs = idleMs
  }

  /** @throws Error when the child dies of it */
  ask(task: Task): Promise<Answer | ChildError> {
    const answer = this.#last.then(() => this.#run(task))
    this.#last = answer.catch(() => {})
    return answer
  }

  close(): void {
    clearTimeout(this.#idle)
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  async #run(task: Task): Promise<Answer | ChildError> {
    clearTimeout(this.#idle)
    const child = this.#child?.connected
      ? this.#child
      : fork(fileURLToPath(this.#entry), {
          serialization: 'advanced',
          env: { ...harmlessEnvironment(), ...this.#options.env },
          execArgv: [...process.execArgv, ...(this.#options.flags ?? [])],
        })
    this.#child = child
    const listening = new AbortController()
    const { signal } = listening
    const ended = once(child, 'exit', { signal }).then(([code, cause]) => {
      throw new Error(`${this.#entry} ended with ${cause ?? `code ${code}`}.`)
    })
    ended.catch(() => {})
    try {
      child.send(task as object)
      const [answer] = (await Promise.race([once(child, 'message', { signal }), ended])) as [
        Answer | ChildError,
      ]
      return answer
    } finally {
      listening.abort()
      this.#idle = setTimeout(() => this.close(), this.#idleMs).unref()
    }
  }
}

/** What a child does: answers every task with what `work` makes of it. */
export function answerTasks<Task, Answer extends object>(work: (task: Task) => Promise<Answer>): void {
  process.on('message', (task: Task) => {
    work(task)
      .catch(({ name, message }: Error): ChildError => ({ error: { name, message } }))
      .then(answer => process.send!(answer))
  })
}
