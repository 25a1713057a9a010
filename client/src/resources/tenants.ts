import type { ListTenantsData, Tenant, TenantSettings } from '../contract.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'

/** Tenants and their quotas: `/v1/tenants`. */
export class Tenants {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  get(tenant: string, options: CallOptions = {}): Promise<Tenant> {
    return this.#transport.json(path`/v1/tenants/${tenant}`, options)
  }

  list(
    query: Omit<NonNullable<ListTenantsData['query']>, 'after'> = {},
    options: CallOptions = {},
  ): Pages<Tenant> {
    return pagesOf(this.#transport, '/v1/tenants', query, options)
  }

  /** Replaces all settings of a tenant. */
  set(tenant: string, settings: TenantSettings, options: CallOptions = {}): Promise<Tenant> {
    return this.#transport.json(path`/v1/tenants/${tenant}`, { ...options, method: 'PUT', body: settings })
  }
}
