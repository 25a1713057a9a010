import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RateLeft, RatePolicy } from './rate-limit-headers.ts'

type Count = ReturnType<FastifyInstance['createRateLimit']>

/** One policy, with a count for each caller. Without a limit (`most` is 0) it counts nothing. */
export class RateLimit {
  readonly #policy: RatePolicy
  readonly #count: Count | undefined

  /** @param callerOf the name of the caller, which must be unique among all policies */
  constructor(app: FastifyInstance, policy: RatePolicy, callerOf: (request: FastifyRequest) => string) {
    const { name, most, windowSeconds } = policy
    this.#policy = policy
    this.#count =
      most === 0
        ? undefined
        : app.createRateLimit({
            max: most,
            timeWindow: windowSeconds * 1000,
            keyGenerator: request => `${name}:${callerOf(request)}`,
          })
  }

  /** Counts a request. @returns undefined without a limit. @throws Error if Redis does not answer */
  async count(request: FastifyRequest): Promise<RateLeft | undefined> {
    return this.#ask(request, true)
  }

  /** The same without counting the request. */
  async read(request: FastifyRequest): Promise<RateLeft | undefined> {
    return this.#ask(request, false)
  }

  async #ask(request: FastifyRequest, increment: boolean): Promise<RateLeft | undefined> {
    const answer = await this.#count?.(request, { increment })
    if (!answer || answer.isAllowed) return undefined
    const { remaining, ttlInSeconds, isExceeded } = answer
    return { policy: this.#policy, remaining, seconds: ttlInSeconds, isExceeded }
  }
}
