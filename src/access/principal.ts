import { DEFAULT_TENANT, type Owner } from './owner.ts'
import type { Scope } from './scope.ts'

/** Who makes a request. */
export interface Principal extends Owner {
  keyId: string
  scopes: readonly Scope[]
}

/** The caller with `ADMIN_KEY`. */
export const ADMIN: Principal = { keyId: 'admin', tenant: DEFAULT_TENANT, scopes: ['admin'] }

/** Every caller of a service that has no keys and listens on loopback only. */
export const LOOPBACK_CALLER: Principal = { keyId: 'loopback', tenant: DEFAULT_TENANT, scopes: ['admin'] }

/** Whether the caller operates the service: an admin of the default tenant, who manages every tenant. */
export function isOperator({ tenant, scopes }: Principal): boolean {
  return tenant === DEFAULT_TENANT && scopes.includes('admin')
}
