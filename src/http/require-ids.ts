import type { FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'

/** A hook: /v1/jobs/ would otherwise be the job with an empty id. @throws AppError `not_found` */
export async function requireIds({ method, url, params }: FastifyRequest): Promise<void> {
  const isEmpty = Object.entries(params ?? {}).some(([name, value]) => name !== '*' && value === '')
  if (isEmpty)
    throw new AppError('not_found', `${method} ${url.split('?')[0]} is not a route of this service.`)
}
