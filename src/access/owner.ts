import { z } from 'zod'

/** The tenant of `ADMIN_KEY`, of a service without keys, and of every record of a version without tenants. Its admins operate the service. */
export const DEFAULT_TENANT = 'default'

export const TenantName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'must be 1 to 63 lower-case letters, digits or dashes, the first a letter or a digit',
  )

/** The tenant that a record belongs to, and the key that created it. */
export interface Owner {
  tenant: string
  keyId?: string | undefined
}

/** The fields of a record that name its owner. */
export interface Owned {
  /** Absent in records of the default tenant. */
  tenant?: string | undefined
  keyId?: string | undefined
}

export function tenantOf({ tenant }: Owned): string {
  return tenant ?? DEFAULT_TENANT
}

export function ownerOf({ tenant = DEFAULT_TENANT, keyId }: Owned): Owner {
  return { tenant, ...(keyId !== undefined && { keyId }) }
}

/** The fields for a record of an owner. */
export function ownedBy({ tenant, keyId }: Owner): { tenant?: string; keyId?: string } {
  return { ...(tenant !== DEFAULT_TENANT && { tenant }), ...(keyId !== undefined && { keyId }) }
}
