import { manages } from '#access/key.ts'
import { TenantName } from '#access/owner.ts'
import type { Principal } from '#access/principal.ts'
import { AppError } from '#domain/error.ts'

/** `tenant` of a list that the operator may read for every tenant. */
export const QueriedTenant = TenantName.optional().describe(
  'Default: that of the caller. Only admin keys of the tenant `default` see another one.',
)

/** @returns the tenant of the caller unless it asks for another. @throws AppError `not_found` for one that it does not manage */
export function queriedTenant(caller: Principal, tenant = caller.tenant): string {
  if (manages(caller, tenant)) return tenant
  throw new AppError('not_found', `There is no tenant "${tenant}".`)
}
