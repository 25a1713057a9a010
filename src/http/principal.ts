import type { FastifyRequest } from 'fastify'
import type { Principal } from '#access/principal.ts'
import type { ServiceStores, Stores } from '#stores/connect.ts'
import type { Grant } from '#stores/key-store.ts'

/** Who makes a request, and with which key. */
export interface Caller {
  principal: Principal
  /** Absent: a caller of a service without keys. */
  grant?: Grant
  /** Calls `end` when the key is revoked, is replaced or expires. @returns a function that must be called when the connection has closed */
  whenKeyEnds(end: () => void): () => void
}

const callers = new WeakMap<FastifyRequest, Caller>()

/** The stores of the tenant of the caller of a request, and what else a route needs. */
export type StoresOf<More = unknown> = (request: FastifyRequest) => Stores & More

export function setCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller)
}

/** The caller; absent on public routes, and for a WebSocket with a bad ticket, which is closed once it has opened. */
export function callerOf(request: FastifyRequest): Caller | undefined {
  return callers.get(request)
}

/** The caller, which the authentication hook sets on every route that is not public. @throws Error on a public route */
export function principalOf(request: FastifyRequest): Principal {
  const caller = callerOf(request)
  if (!caller) throw new Error(`${request.routeOptions.url} is public: it has no caller.`)
  return caller.principal
}

/** Calls `end` when the key of the caller is no longer valid. @returns a function that stops watching */
export function whenKeyEnds(request: FastifyRequest, end: () => void): () => void {
  return callerOf(request)?.whenKeyEnds(end) ?? (() => {})
}

/** @param more is added to the stores */
export function storesOfCaller<More extends object>(service: ServiceStores, more: More): StoresOf<More> {
  return request => {
    const { tenant, keyId } = principalOf(request)
    return { ...service.of({ tenant, keyId }), ...more }
  }
}
