import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { manages } from '#access/key.ts'
import { TenantName } from '#access/owner.ts'
import { AppError } from '#domain/error.ts'
import { Limit, pageOf } from '#http/page.ts'
import { principalOf, type StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { TenantParams, TenantResource, tenantResource } from '#http/tenant-resource.ts'

const list = {
  operationId: 'listTenants',
  tags: ['keys and tenants'],
  summary: 'List tenants',
  description: 'By name, with their settings.',
  querystring: z.strictObject({ after: TenantName.optional(), limit: Limit }),
  response: { 200: pageOf(TenantResource) },
}

const get = {
  operationId: 'getTenant',
  tags: ['keys and tenants'],
  summary: 'Get the settings of a tenant',
  description: 'Admins who are not operators get those of their own tenant only.',
  params: TenantParams,
  response: { 200: TenantResource },
}

export const readTenantsRoutes =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const operatorOnly = routeConfig({ scope: 'admin', operatorOnly: true })
    app.get('/v1/tenants', { schema: list, config: operatorOnly }, async request => {
      const { after = '', limit } = request.query
      const { tenants, tenantSettings } = storesOf(request)
      const names = (await tenants()).sort().filter(name => name > after)
      const shown = names.slice(0, limit)
      const settings = await tenantSettings.allSettings(shown)
      const data = shown.map((tenant, index) => ({ tenant, ...settings[index]! }))
      const hasMore = names.length > limit
      return { data, hasMore, nextAfter: hasMore ? shown.at(-1)! : null }
    })
    app.get(
      '/v1/tenants/:tenant',
      { schema: get, config: routeConfig({ scope: 'admin' }) },
      async request => {
        const { tenant } = request.params
        const { tenantSettings } = storesOf(request)
        if (!manages(principalOf(request), tenant) || !(await tenantSettings.has(tenant)))
          throw new AppError('not_found', `There is no tenant "${tenant}".`)
        return tenantResource(tenantSettings, tenant)
      },
    )
  }
