import type { FastifyBaseLogger } from 'fastify'

/** Redis answers such questions within a millisecond. */
const LONGEST_WAIT_MS = 1_000
const PAUSE_MS = 5_000

/** Questions to Redis that a request does not depend on: if there is no answer, none is asked for a while, so that requests do not wait. */
export class RedisOutage {
  readonly #log: Pick<FastifyBaseLogger, 'warn'>
  readonly #consequence: string
  #until = Number.NEGATIVE_INFINITY

  /** @param consequence of an outage, for the log */
  constructor(log: Pick<FastifyBaseLogger, 'warn'>, consequence: string) {
    this.#log = log
    this.#consequence = consequence
  }

  /** @returns undefined if Redis does not answer, now or within the last seconds */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.#until) return undefined
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${LONGEST_WAIT_MS} ms`)), LONGEST_WAIT_MS)
    })
    try {
      return await Promise.race([question(), timeout])
    } catch (err) {
      this.#begin(err as Error)
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  /** Requests that waited at the same time log one line. */
  #begin(err: Error): void {
    if (performance.now() < this.#until) return
    this.#until = performance.now() + PAUSE_MS
    this.#log.warn({ err }, `Redis does not answer: ${this.#consequence} for ${PAUSE_MS / 1000} s`)
  }
}
