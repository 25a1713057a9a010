import type { Redis } from 'ioredis'
import { redisKeys } from './redis-keys.ts'
import { Script } from './script.ts'

/** KEYS: counter. ARGV: window in milliseconds. A request may count twice if the connection breaks before the answer. */
const COUNT = new Script(`
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}`)

/** The requests of a window that a caller has made, and when the window ends. */
export interface RateCount {
  current: number
  /** Milliseconds until the window ends. */
  ttl: number
}

type Answer = (error: Error | null, count?: RateCount) => void

/** Counts requests in windows that start with the first request, for all api processes together: a store for `@fastify/rate-limit`. */
export class RateStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Counts one more request. */
  incr(caller: string, answer: Answer, windowMs: number): void {
    const counted = COUNT.run(this.#redis, [redisKeys.rate(caller)], [windowMs])
    answerWith(counted as Promise<[number, number]>, answer)
  }

  /** The count without another request. */
  read(caller: string, answer: Answer): void {
    answerWith(this.#read(redisKeys.rate(caller)), answer)
  }

  /** Names of callers are unique over all limits, so one store serves them all. */
  child(): RateStore {
    return this
  }

  /** Most callers have no count. */
  async #read(key: string): Promise<[number, number]> {
    const count = await this.#redis.get(key)
    return count === null ? [0, 0] : [Number(count), await this.#redis.pttl(key)]
  }
}

function answerWith(counted: Promise<[number, number]>, answer: Answer): void {
  counted.then(
    ([current, ttl]) => answer(null, { current, ttl: Math.max(0, ttl) }),
    error => answer(error),
  )
}
