import type { Redis } from 'ioredis'
import { type Owned, tenantOf } from '#access/owner.ts'
import type { Artifact } from '#domain/artifact.ts'
import { keyOf } from '#usage/usage-counters.ts'
import { redisKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { BYTES_FUNCTIONS, bytesKeys } from './stored-bytes.ts'

/** Adds the sizes of all exports to the stored bytes. KEYS: exports, 2 of bytes, ... ARGV: id, key id, ... */
const COUNT_FUNCTION = `
${BYTES_FUNCTIONS}
local function count()
  local bytes = 0
  for _, text in ipairs(redis.call('HVALS', KEYS[1])) do bytes = bytes + cjson.decode(text).sizeBytes end
  setBytes(2, ARGV[1] .. ':exports', ARGV[2], bytes)
end`

/** KEYS also: job, model. ARGV also: key, artifact. */
const RECORD = new Script(`
${COUNT_FUNCTION}
if redis.call('EXISTS', KEYS[4], KEYS[5]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
count()
return 1`)

/** ARGV also: keys... */
const FORGET = new Script(`
${COUNT_FUNCTION}
for i = 3, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
count()
return 1`)

/** A job or a registered model. */
type Exported = Owned & { id: string }

/** The artifacts of a job or a registered model that were exported on request, by the key of the request. */
export class ExportStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async list(id: string): Promise<Map<string, Artifact>> {
    const entries = Object.entries(await this.#redis.hgetall(redisKeys.exports(id)))
    return new Map(entries.map(([key, text]) => [key, JSON.parse(text)]))
  }

  /** @returns whether the job or model still exists; nothing is stored for a deleted one */
  async record(of: Exported, key: string, artifact: Artifact): Promise<boolean> {
    const keys = [...keysOf(of), redisKeys.job(of.id), redisKeys.record('model', of.id)]
    const args = [of.id, keyOf(of), key, JSON.stringify(artifact)]
    return (await RECORD.run(this.#redis, keys, args)) === 1
  }

  async forget(of: Exported, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await FORGET.run(this.#redis, keysOf(of), [of.id, keyOf(of), ...keys])
  }
}

function keysOf(of: Exported): string[] {
  return [redisKeys.exports(of.id), ...bytesKeys(tenantOf(of))]
}
