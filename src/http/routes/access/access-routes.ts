import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { StoresOf } from '#http/principal.ts'
import { createKeyRoute } from './create-key.ts'
import { createTicketRoute } from './create-ticket.ts'
import { readKeysRoutes } from './read-keys.ts'
import { readTenantsRoutes } from './read-tenants.ts'
import { revokeKeyRoute } from './revoke-key.ts'
import { setTenantRoute } from './set-tenant.ts'

/** The routes of keys, tickets and tenants. */
export function accessRoutes(storesOf: StoresOf): FastifyPluginAsyncZod[] {
  return [
    createKeyRoute(storesOf),
    readKeysRoutes(storesOf),
    revokeKeyRoute(storesOf),
    createTicketRoute(storesOf),
    readTenantsRoutes(storesOf),
    setTenantRoute(storesOf),
  ]
}
