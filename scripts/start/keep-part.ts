import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { MISCONFIGURED } from '#src/refuse-to-start.ts'
import { BackOff } from './back-off.ts'

/** The number of starts after which a part that has never become ready is not restarted. */
const MOST_STARTS = 5

export interface Part {
  name: string
  /** The URL of its program, which sends the message `ready`. */
  entry: string
  env: NodeJS.ProcessEnv
}

/** A process that is restarted whenever it dies, unless it has never become ready. */
export class KeptPart {
  readonly #part: Part
  readonly #logger: Logger
  readonly #stopping = new AbortController()
  #child: ChildProcess | undefined
  /** Resolves with an exit code when it will not be restarted. */
  readonly ended: Promise<number>

  constructor(part: Part, logger: Logger) {
    this.#part = part
    this.#logger = logger
    this.ended = this.#keep()
  }

  /** May be called again: a second SIGTERM would make the part exit at once. */
  stop(): void {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort()
    this.#child?.kill('SIGTERM')
  }

  async #keep(): Promise<number> {
    const { name } = this.#part
    const { signal } = this.#stopping
    const backOff = new BackOff()
    let hasServed = false
    for (let starts = 1; ; starts++) {
      const startedAt = Date.now()
      const { isReady, code, ended } = await this.#run()
      if (signal.aborted) return code
      hasServed ||= isReady
      if (!hasServed && (code === MISCONFIGURED || starts === MOST_STARTS)) {
        this.#logger.fatal(`the ${name} did not start: it ended with ${ended}`)
        return 1
      }
      const waitMs = backOff.next(Date.now() - startedAt)
      this.#logger.error(`the ${name} ended with ${ended}; it will be restarted in ${waitMs / 1000} s`)
      await pause(waitMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return 0
    }
  }

  async #run(): Promise<{ isReady: boolean; code: number; ended: string }> {
    // A separate process group, so that Ctrl-C reaches only the parent, which ends its parts once and in order.
    const child = fork(fileURLToPath(this.#part.entry), { env: this.#part.env, detached: true })
    this.#child = child
    let isReady = false
    child.on('message', message => {
      isReady ||= message === 'ready'
    })
    try {
      const [code, signal] = await once(child, 'exit')
      return { isReady, code: code ?? 1, ended: signal ?? `exit code ${code}` }
    } catch (error) {
      return { isReady, code: 1, ended: (error as Error).message }
    }
  }
}
