import type { Redis } from 'ioredis'

// A client whose connection breaks before the reply sends its script again, so each script may run twice.

/**
 * KEYS: blobs of the namespace, namespaces, chunks... ARGV: namespace, digest, entry.
 * HSET comes first because Redis refuses it when it is out of memory; the commands after it cannot be refused, so a Redis without
 * memory is left unchanged.
 */
const PUBLISH = `
local entry = cjson.decode(ARGV[3])
local text = redis.call('HGET', KEYS[1], ARGV[2])
if text then
  local found = cjson.decode(text)
  if found.id == entry.id then return end
  found.storedAt = entry.storedAt
  redis.call('HSET', KEYS[1], ARGV[2], cjson.encode(found))
  for i = 3, #KEYS do redis.call('UNLINK', KEYS[i]) end
  return
end
for i = 3, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 0 then
    for j = 3, #KEYS do redis.call('UNLINK', KEYS[j]) end
    return redis.error_reply('a chunk has expired')
  end
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('SADD', KEYS[2], ARGV[1])
for i = 3, #KEYS do redis.call('PERSIST', KEYS[i]) end`

/** KEYS: blobs of the namespace, namespaces, chunks... ARGV: namespace, digest, entry as read, TTL of the chunks in seconds. */
const UNPUBLISH = `
if redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then return 0 end
for i = 3, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[4]) end
redis.call('HDEL', KEYS[1], ARGV[2])
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end
return 1`

type Arguments = readonly (string | number)[]

/** The atomic steps of the blob store in Redis, each one Lua script. */
export const blobScripts = {
  /** Makes a blob visible and its chunks persistent, or deletes the chunks if the blob already exists. */
  async publish(redis: Redis, keys: readonly string[], args: Arguments): Promise<void> {
    await redis.eval(PUBLISH, keys.length, ...keys, ...args)
  },
  /** Makes a blob invisible and lets its chunks expire. @returns false, and changes nothing, if its entry is no longer the one given */
  async unpublish(redis: Redis, keys: readonly string[], args: Arguments): Promise<boolean> {
    return (await redis.eval(UNPUBLISH, keys.length, ...keys, ...args)) === 1
  },
}
