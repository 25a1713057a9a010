import type { FastifyRequest } from 'fastify'

/**
 * Whether a request has a key or a ticket, right or wrong. One without is refused too, but it guesses no secret: a health check or a
 * browser of a wrong path must not use up the failed authentications of its address.
 */
export function bringsCredential({ headers, query }: FastifyRequest): boolean {
  return headers.authorization !== undefined || (query as { ticket?: unknown }).ticket !== undefined
}
