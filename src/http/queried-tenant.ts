import { TenantName } from '#access/owner.ts'
import { isOperator, type Principal } from '#access/principal.ts'
import { AppError } from '#domain/error.ts'

/** `tenant` of a list that the operator may read for every tenant. */
export const QueriedTenant = TenantName.optional().describe('Only for admins of the tenant `default`.')

/** @returns the tenant of the caller, unless the operator asks for another. @throws AppError `forbidden` */
export function queriedTenant(caller: Principal, tenant = caller.tenant): string {
  if (tenant === caller.tenant || isOperator(caller)) return tenant
  throw new AppError('forbidden', `A key of the tenant "${caller.tenant}" cannot read another tenant.`)
}
