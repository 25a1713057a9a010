import type { FastifyRequest } from 'fastify'
import { type Key, principalOfKey } from '#access/key.ts'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { LOOPBACK_CALLER, type Principal } from '#access/principal.ts'
import { permits } from '#access/scope.ts'
import { AppError } from '#domain/error.ts'
import type { ServiceStores } from '#stores/connect.ts'
import type { Grant } from '#stores/key-store.ts'
import type { OpenStreams } from './open-streams.ts'
import { setCaller } from './principal.ts'
import { requireLoopback } from './require-loopback.ts'
import { configOf, type RouteConfig } from './route-config.ts'

interface Identified {
  key: Key
  grant: Grant
}

/**
 * The hook that guards every route that is not public. Once the service has a key, a route needs a valid one with the scope that its
 * `config` names, as `Authorization: Bearer KEY`; for a stream, a ticket will do. Without any key, the server answers loopback only.
 * @param hasKeys whether the service is known to have a key; otherwise this is read with each request until it has one
 */
export function authenticate(
  { keys, tickets }: Pick<ServiceStores, 'keys' | 'tickets'>,
  streams: OpenStreams,
  hasKeys = false,
): (request: FastifyRequest) => Promise<void> {
  // A service that has had a key always needs one.
  let needsKey = hasKeys
  const byTicket = async (ticket: unknown): Promise<Identified | undefined> => {
    const grant = typeof ticket === 'string' ? await tickets.spend(ticket) : undefined
    const [key] = grant ? await keys.stillValid([grant]) : []
    return key && grant && { key, grant }
  }

  return async request => {
    const config = configOf(request.routeOptions)
    if (!config.public) needsKey ||= await keys.exist()
    if (!needsKey) requireLoopback(request)
    if (config.public) return
    if (!needsKey) {
      setCaller(request, { principal: LOOPBACK_CALLER, whenKeyEnds: end => streams.add(undefined, end) })
      return
    }
    const ticket = ticketOf(request, config)
    const found = ticket === undefined ? await byHeader(keys, request) : await byTicket(ticket)
    // A browser cannot read the status of a refused upgrade: `guardSockets` closes this one with a code.
    if (!found && ticket !== undefined && request.ws) return
    if (!found) throw unauthenticated()
    const { key, grant } = found
    const principal = principalOfKey(key)
    // Also for a refusal, whose audit record names the caller.
    setCaller(request, { principal, grant, whenKeyEnds: end => streams.add(grant, end, key.expiresAt) })
    requirePermission(principal, config)
  }
}

/** The ticket of a request that opens a stream, unless it has a header with a key too. */
function ticketOf({ headers, query }: FastifyRequest, { acceptsTicket }: RouteConfig): unknown {
  if (!acceptsTicket || headers.authorization !== undefined) return undefined
  return (query as { ticket?: unknown }).ticket
}

async function byHeader(
  keys: ServiceStores['keys'],
  { headers, raw }: FastifyRequest,
): Promise<Identified | undefined> {
  // Node keeps the first of several, and a proxy in front may have checked another one.
  if (raw.rawHeaders.filter(isAuthorization).length > 1) return undefined
  const text = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  return text === undefined ? undefined : await keys.identify(text)
}

/** @param index of a name or a value: `rawHeaders` lists them alternately */
function isAuthorization(text: string, index: number): boolean {
  return index % 2 === 0 && text.toLowerCase() === 'authorization'
}

/** The same for every reason, so that it does not show which keys exist. */
function unauthenticated(): AppError {
  return new AppError('unauthenticated', 'Send a valid key as `Authorization: Bearer KEY`.', {
    headers: { 'www-authenticate': 'Bearer' },
  })
}

/** @throws AppError `forbidden`, with the needed scope as in RFC 6750, section 3.1 */
function requirePermission({ scopes, tenant }: Principal, { scope, operatorOnly }: RouteConfig): void {
  if (scope !== undefined && !permits(scopes, scope))
    throw new AppError(
      'forbidden',
      `This needs a key with the scope "${scope}"; this key has ${quoted(scopes)}.`,
      {
        headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
      },
    )
  if (operatorOnly && tenant !== DEFAULT_TENANT)
    throw new AppError('forbidden', `This needs a key of the tenant "${DEFAULT_TENANT}".`)
}

function quoted(words: readonly string[]): string {
  return words.map(word => `"${word}"`).join(', ')
}
