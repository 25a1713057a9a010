import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ADMIN, LOOPBACK_CALLER } from '#access/principal.ts'
import { AppError } from '#domain/error.ts'
import { setPrincipal } from './principal.ts'
import { configOf } from './route-config.ts'

/**
 * Host names that always denote this machine. Without a key, requests with another host are refused, so that DNS rebinding cannot reach the
 * service.
 */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/**
 * The hook that guards every route. With a key, a route needs `Authorization: Bearer KEY`, compared in constant time, unless its `config`
 * is `public`. Without a key, the server answers on loopback host names only and refuses every foreign Origin, because any web page can
 * post to an open local port.
 */
export function authenticate(adminKey: string | undefined): (request: FastifyRequest) => Promise<void> {
  const expected = adminKey === undefined ? undefined : sha256(adminKey)
  return async request => {
    const isPublic = configOf(request.routeOptions).public
    if (!expected) requireLoopback(request)
    else if (!isPublic) requireKey(request, expected)
    if (!isPublic) setPrincipal(request, expected ? ADMIN : LOOPBACK_CALLER)
  }
}

export function isLoopbackAddress(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1'
}

function requireKey({ headers }: FastifyRequest, expected: Buffer): void {
  const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (given !== undefined && timingSafeEqual(sha256(given), expected)) return
  const challenge = { 'www-authenticate': 'Bearer' }
  throw new AppError('unauthenticated', 'Send the key as `Authorization: Bearer KEY`.', {
    headers: challenge,
  })
}

function requireLoopback({ headers }: FastifyRequest): void {
  if (!LOOPBACK.test(headers.host ?? '')) {
    throw new AppError(
      'forbidden',
      `Without ADMIN_KEY, the service answers on loopback host names only, not on "${headers.host}".`,
    )
  }
  const { origin } = headers
  if (origin !== undefined && origin !== `http://${headers.host}`) {
    throw new AppError(
      'forbidden',
      `Without ADMIN_KEY, the service refuses requests of other origins: "${origin}".`,
    )
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
