import type { FastifyRequest } from 'fastify'
import { configOf } from './route-config.ts'

export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a request may change something. A POST that only reads, such as a prediction, is a route of the scope `read`. */
export function isWrite({ method, routeOptions }: FastifyRequest): boolean {
  return !SAFE_METHODS.has(method) && configOf(routeOptions).scope !== 'read'
}

export function isDryRun({ query }: FastifyRequest): boolean {
  return (query as { dryRun?: unknown } | undefined)?.dryRun === 'true'
}
