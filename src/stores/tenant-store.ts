import type { Redis } from 'ioredis'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { TenantSettings } from '#access/quotas.ts'
import { redisKeys } from './redis-keys.ts'

/** The tenants and what an operator has set for them. A tenant exists from its first key or its first settings on. */
export class TenantStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async has(tenant: string): Promise<boolean> {
    return tenant === DEFAULT_TENANT || (await this.#redis.sismember(redisKeys.tenants, tenant)) === 1
  }

  /** The settings of a tenant; the defaults of all settings if none are stored. Reads Redis once. */
  async settings(tenant: string): Promise<TenantSettings> {
    return settingsOf(await this.#redis.hget(redisKeys.tenantSettings, tenant))
  }

  async allSettings(tenants: readonly string[]): Promise<TenantSettings[]> {
    if (tenants.length === 0) return []
    return (await this.#redis.hmget(redisKeys.tenantSettings, ...tenants)).map(settingsOf)
  }

  /** Replaces all settings of a tenant. Its pass, which its former weight has made, is removed. */
  async set(tenant: string, settings: TenantSettings): Promise<void> {
    const transaction = this.#redis.multi().hset(redisKeys.tenantSettings, tenant, JSON.stringify(settings))
    transaction.hdel(redisKeys.passes, tenant)
    if (tenant !== DEFAULT_TENANT) transaction.sadd(redisKeys.tenants, tenant)
    for (const [error] of (await transaction.exec()) ?? []) if (error) throw error
  }
}

function settingsOf(text: string | null): TenantSettings {
  return TenantSettings.parse(JSON.parse(text ?? '{}'))
}
