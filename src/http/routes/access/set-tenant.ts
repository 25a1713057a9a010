import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { TenantName } from '#access/owner.ts'
import { TenantSettings } from '#access/quotas.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { TenantResource, tenantResource } from '#http/tenant-resource.ts'

const schema = {
  operationId: 'setTenant',
  tags: ['keys and tenants'],
  summary: 'Replace the settings of a tenant',
  description: 'The tenant need not have a key yet. Fields that are left out have their defaults.',
  params: z.object({ tenant: TenantName }),
  body: TenantSettings.meta({
    id: 'TenantSettings',
    examples: [{ quotas: { queuedJobs: 500, runningJobs: 4, deviceSecondsPerDay: 86_400 }, weight: 2 }],
  }),
  response: { 200: TenantResource },
}

export const setTenantRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    const config = routeConfig({ scope: 'admin', operatorOnly: true })
    app.put('/v1/tenants/:tenant', { schema, config }, async request => {
      const { params, body, log } = request
      const { tenantSettings } = storesOf(request)
      await tenantSettings.set(params.tenant, body)
      log.info({ tenant: params.tenant, settings: body }, 'settings of a tenant replaced')
      return tenantResource(tenantSettings, params.tenant)
    })
  }
