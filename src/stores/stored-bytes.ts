import type { Quotas, QuotaUse } from '#access/quotas.ts'
import { tenantKeys } from './redis-keys.ts'

/** The limits of a tenant and of one of its keys that are checked in the atomic step that stores a record; absent ones do not apply. */
export interface StorageLimits {
  storedBytes?: number | undefined
  storedBytesOfKey?: number | undefined
}

export function storageLimits({ tenant, key }: { tenant: Quotas; key: Quotas }): StorageLimits {
  return { storedBytes: tenant.storedBytes, storedBytesOfKey: key.storedBytes }
}

/** The field of the sum of all keys in the hash of a tenant's stored bytes; the other fields are key ids. */
const TOTAL_BYTES = '*'

const NO_LIMIT = -1

/** The limits as arguments of a script. */
export function limitArgs(limits: readonly (number | undefined)[]): number[] {
  return limits.map(limit => limit ?? NO_LIMIT)
}

/** The refusal of a script: `{'refused', quota, 'tenant' or 'key', used, limit}`. */
export function quotaUseOf([, quota, of, used, limit]: readonly unknown[]): QuotaUse {
  return { quota, of, used: Number(used), limit: Number(limit) } as QuotaUse
}

/** The keys that `BYTES_FUNCTIONS` need: the bytes of each record of a tenant, and their sums by key. */
export function bytesKeys(tenant: string): string[] {
  const of = tenantKeys(tenant)
  return [of.recordBytes, of.storedBytes]
}

/**
 * Lua functions over the keys of `bytesKeys`, from `KEYS[first]` on. `setBytes` sets the bytes of a record and corrects the sums.
 * `refuseBytes` returns a refusal if more bytes would exceed a limit, or if it is reached already.
 */
export const BYTES_FUNCTIONS = `
local function setBytes(first, record, keyId, bytes)
  local more = bytes - tonumber(redis.call('HGET', KEYS[first], record) or '0')
  if more == 0 then return end
  if bytes == 0 then redis.call('HDEL', KEYS[first], record) else redis.call('HSET', KEYS[first], record, bytes) end
  redis.call('HINCRBY', KEYS[first + 1], '${TOTAL_BYTES}', more)
  redis.call('HINCRBY', KEYS[first + 1], keyId, more)
end
local function refusal(quota, of, used, more, limit)
  limit = tonumber(limit)
  if limit < 0 or (used < limit and used + more <= limit) then return nil end
  return {'refused', quota, of, used, limit}
end
local function refuseBytes(first, keyId, more, limit, limitOfKey)
  local all = tonumber(redis.call('HGET', KEYS[first + 1], '${TOTAL_BYTES}') or '0')
  local ofKey = tonumber(redis.call('HGET', KEYS[first + 1], keyId) or '0')
  return refusal('storedBytes', 'tenant', all, more, limit) or refusal('storedBytes', 'key', ofKey, more, limitOfKey)
end
`
