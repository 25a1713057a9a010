import type { FastifyRequest } from 'fastify'
import type { Principal } from '#access/principal.ts'
import type { ServiceStores, Stores } from '#stores/connect.ts'

const principals = new WeakMap<FastifyRequest, Principal>()

/** The stores of the tenant of the caller of a request, and what else a route needs. */
export type StoresOf<More = unknown> = (request: FastifyRequest) => Stores & More

export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal)
}

/** The caller, which the authentication hook sets on every route that is not public. @throws Error on a public route */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request)
  if (!principal) throw new Error(`${request.routeOptions.url} is public: it has no caller.`)
  return principal
}

/** @param more is added to the stores */
export function storesOfCaller<More extends object>(service: ServiceStores, more: More): StoresOf<More> {
  return request => {
    const { tenant, keyId } = principalOf(request)
    return { ...service.of({ tenant, keyId }), ...more }
  }
}
