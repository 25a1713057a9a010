import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { RateStore } from '#stores/rate-store.ts'
import { bringsCredential } from './brings-credential.ts'
import { isWrite } from './is-write.ts'
import { callerOf, principalOf } from './principal.ts'
import { RateLimit } from './rate-limit.ts'
import { type RateLeft, type RatePolicy, rateLimitHeaders } from './rate-limit-headers.ts'
import { RedisOutage } from './redis-outage.ts'
import { configOf } from './route-config.ts'

const UNAUTHENTICATED = 401

/** The most requests in a window; 0: no limit. */
export interface RateLimits {
  /** Of an address, including those that are refused. */
  address: number
  /** Of an address that bring a key or a ticket that is not valid. Beyond it, every request of the address that needs a key is refused. */
  failedAuthentications: number
  /** Of a key. */
  reads: number
  /** Of a key: those that may change something. */
  submissions: number
  /** Default: 60. */
  windowSeconds?: number
}

/** `limitAddress` runs before authentication, `limitKey` after it, `countFailure` with the response. */
export interface RateHooks {
  limitAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>
  limitKey(request: FastifyRequest, reply: FastifyReply): Promise<void>
  countFailure(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

/**
 * Limits the requests of each address and of each key, over all api processes together. While Redis does not answer, requests are not
 * limited.
 */
export async function limitRates(
  app: FastifyInstance,
  { redis }: Pick<ServiceStores, 'redis'>,
  { windowSeconds = 60, ...most }: RateLimits,
): Promise<RateHooks> {
  const store = class extends RateStore {
    constructor() {
      super(redis)
    }
  }
  await app.register(rateLimit, { global: false, store })
  const limit = (name: RatePolicy['name'], most: number, callerOf: (request: FastifyRequest) => string) =>
    new RateLimit(app, { name, most, windowSeconds }, callerOf)
  const address = limit('address', most.address, addressOf)
  const failures = limit('failed-authentication', most.failedAuthentications, addressOf)
  const reads = limit('read', most.reads, keyOf)
  const submissions = limit('submit', most.submissions, keyOf)
  const outage = new RedisOutage(app.log, 'rate limits do not apply')
  return {
    async limitAddress(request, reply) {
      const config = configOf(request.routeOptions)
      if (config.unlimited) return
      const left = await outage.ask(() =>
        Promise.all([address.count(request), config.public ? undefined : failures.read(request)]),
      )
      const [ofAddress, failed] = left ?? []
      requireWithin(reply, ofAddress)
      if (failed?.remaining === 0) requireWithin(reply, { ...failed, isExceeded: true })
    },
    async limitKey(request, reply) {
      if (configOf(request.routeOptions).public) return
      // A WebSocket with a bad ticket.
      if (!callerOf(request)) return void (await outage.ask(() => failures.count(request)))
      const limit = isWrite(request) ? submissions : reads
      requireWithin(reply, await outage.ask(() => limit.count(request)))
    },
    async countFailure(request, { statusCode }) {
      if (statusCode === UNAUTHENTICATED && bringsCredential(request))
        await outage.ask(() => failures.count(request))
    },
  }
}

/** An IPv6 network of 64 bits counts as one address, because a single host may use all of it. */
function addressOf({ ip }: FastifyRequest): string {
  return normalizeIP(ip)
}

function keyOf(request: FastifyRequest): string {
  return principalOf(request).keyId
}

/** Shows the limit in the response. @throws AppError `rate_limited` */
function requireWithin(reply: FastifyReply, left: RateLeft | undefined): void {
  if (!left) return
  for (const [name, value] of Object.entries(rateLimitHeaders(left))) {
    const shown = reply.getHeader(name)
    reply.header(name, shown === undefined ? value : `${shown}, ${value}`)
  }
  if (!left.isExceeded) return
  const { policy, seconds } = left
  throw new AppError(
    'rate_limited',
    `More than ${policy.most} requests in ${policy.windowSeconds} s (limit "${policy.name}"). Try again in ${seconds} s.`,
    { headers: { 'retry-after': String(seconds) } },
  )
}
