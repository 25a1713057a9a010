import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Key, manages } from '#access/key.ts'
import { ADMIN, isOperator, type Principal } from '#access/principal.ts'
import { AppError } from '#domain/error.ts'
import { KeyResource, keyResource } from '#http/key-resource.ts'
import { cursorOf, Limit, pageOf } from '#http/page.ts'
import { principalOf, type StoresOf } from '#http/principal.ts'
import { QueriedTenant, queriedTenant } from '#http/queried-tenant.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import type { KeyStore } from '#stores/key-store.ts'

export const KeyParams = z.object({ keyId: z.string().min(1).max(500) })

const list = {
  operationId: 'listKeys',
  tags: ['keys and tenants'],
  summary: 'List keys',
  description:
    'Newest first, also expired and revoked ones: those of the tenant; for operators, those of all tenants.',
  querystring: z.strictObject({
    after: cursorOf('key', [ADMIN.keyId]),
    limit: Limit,
    tenant: QueriedTenant.describe('Default: for operators all tenants, for other admins their own.'),
  }),
  response: { 200: pageOf(KeyResource) },
}

const get = {
  operationId: 'getKey',
  tags: ['keys and tenants'],
  summary: 'Get a key',
  description: 'Its secret is not shown.',
  params: KeyParams,
  response: { 200: KeyResource },
}

export const readKeysRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/v1/keys',
      { schema: list, config: routeConfig({ scope: 'admin', problems: ['not_found'] }) },
      async request => {
        const { query, log } = request
        const caller = principalOf(request)
        const { keys } = storesOf(request)
        const isOfAll = query.tenant === undefined && isOperator(caller)
        const tenant = isOfAll ? undefined : queriedTenant(caller, query.tenant)
        const { found, nextAfter } = await keys.list({ ...query, tenant })
        const shown = showable(found, KeyResource, keyResource, log)
        const uses = await keys.lastUses(shown.map(({ id }) => id))
        const data = shown.map((key, index) => keyResource(key, uses[index]))
        return { data, hasMore: nextAfter !== null, nextAfter }
      },
    )
    app.get('/v1/keys/:keyId', { schema: get, config: routeConfig({ scope: 'admin' }) }, async request => {
      const { keys } = storesOf(request)
      const key = await requireKey(keys, principalOf(request), request.params.keyId)
      const [lastUsedAt] = await keys.lastUses([key.id])
      return keyResource(key, lastUsedAt)
    })
  }

/** @throws AppError `not_found`, also for a key of a tenant that the caller does not manage */
export async function requireKey(keys: KeyStore, caller: Principal, keyId: string): Promise<Key> {
  const key = await keys.get(keyId)
  if (!key || !manages(caller, key.tenant)) throw new AppError('not_found', `There is no key ${keyId}.`)
  return key
}
