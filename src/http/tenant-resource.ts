import { z } from 'zod'
import { TenantSettings } from '#access/quotas.ts'
import type { TenantStore } from '#stores/tenant-store.ts'

export const TenantParams = z.object({ tenant: z.string().min(1).max(500) })

/** A tenant with its settings. */
export const TenantResource = z.object({ tenant: z.string(), ...TenantSettings.shape }).meta({ id: 'Tenant' })
export type TenantResource = z.infer<typeof TenantResource>

export async function tenantResource(store: TenantStore, tenant: string): Promise<TenantResource> {
  return { tenant, ...(await store.settings(tenant)) }
}
