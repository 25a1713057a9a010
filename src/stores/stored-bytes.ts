import { tenantKeys } from './redis-keys.ts'

/** The field of the total in the hash of a tenant's stored bytes; the other fields are key ids. */
export const TOTAL_BYTES = '*'

/** The keys that `BYTES_FUNCTION` needs: the bytes of each record of a tenant, and their sums by key. */
export function bytesKeys(tenant: string): string[] {
  const of = tenantKeys(tenant)
  return [of.recordBytes, of.storedBytes]
}

/** A Lua function over the keys of `bytesKeys`, from \`KEYS[first]\` on: sets the bytes of a record and corrects the sums. */
export const BYTES_FUNCTION = `
local function setBytes(first, record, keyId, bytes)
  local more = bytes - tonumber(redis.call('HGET', KEYS[first], record) or '0')
  if more == 0 then return end
  if bytes == 0 then redis.call('HDEL', KEYS[first], record) else redis.call('HSET', KEYS[first], record, bytes) end
  redis.call('HINCRBY', KEYS[first + 1], '*', more)
  redis.call('HINCRBY', KEYS[first + 1], keyId, more)
end
`
