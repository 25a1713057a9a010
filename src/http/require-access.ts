import type { RouteOptions } from 'fastify'
import { configOf } from './route-config.ts'

/** A hook for new routes. @throws Error for a route that does not say who may call it */
export function requireAccess({ method, url, config }: RouteOptions): void {
  const { public: isPublic, scope } = configOf({ config })
  if ((isPublic === true) === (scope !== undefined))
    throw new Error(`${method} ${url} needs either a \`scope\` or \`public: true\` in its routeConfig.`)
}
