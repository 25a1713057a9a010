import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { SAFE_METHODS } from './is-write.ts'

/** A hook for new routes: a parameter that a write does not have, such as `?dryRun=true`, is refused instead of ignored. */
export function refuseUnknownQuery(route: RouteOptions): void {
  if ([route.method].flat().some(method => SAFE_METHODS.has(method))) return
  route.schema = { querystring: z.strictObject({}), ...route.schema }
}
