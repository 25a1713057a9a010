import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/**
 * A Lua script, which Redis runs atomically. A client whose connection breaks before the answer sends its script again, so every script
 * must give the same result when it runs twice.
 */
export class Script {
  readonly #text: string
  readonly #sha1: string

  constructor(text: string) {
    this.#text = text
    this.#sha1 = createHash('sha1').update(text).digest('hex')
  }

  /** Sends the digest of the script, and its text only to a server that does not have it. */
  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#sha1, keys.length, ...keys, ...args)
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error
      return await redis.eval(this.#text, keys.length, ...keys, ...args)
    }
  }
}
