import type { FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'

/** Host names that always denote this machine, so that DNS rebinding cannot reach a service without keys. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

export function isLoopbackAddress(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1'
}

/**
 * Refuses requests for other host names, and every foreign Origin, because any web page can post to an open local port.
 * @throws AppError `forbidden`
 */
export function requireLoopback({ headers }: Pick<FastifyRequest, 'headers'>): void {
  if (!LOOPBACK.test(headers.host ?? '')) {
    throw new AppError(
      'forbidden',
      `Without a key, the service answers on loopback host names only, not on "${headers.host}".`,
    )
  }
  const { origin } = headers
  if (origin !== undefined && origin !== `http://${headers.host}`) {
    throw new AppError(
      'forbidden',
      `Without a key, the service refuses requests of other origins: "${origin}".`,
    )
  }
}
