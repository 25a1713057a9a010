import type { Redis } from 'ioredis'
import { DEFAULT_TENANT } from '#access/owner.ts'
import type { QuotaUse } from '#access/quotas.ts'
import { modelIdOf, parseReference } from '#domain/model-reference.ts'
import { keyOf } from '#usage/usage-counters.ts'
import { CLAIM_SECONDS, type IdempotencyClaim, replayOf } from './idempotency-store.ts'
import { RecordStore } from './record-store.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { BYTES_FUNCTIONS, bytesKeys, limitArgs, quotaUseOf, type StorageLimits } from './stored-bytes.ts'
import { bytesOfUpload, type ModelRecord, type RegisteredModel } from './upload-records.ts'

/**
 * KEYS: numbers, versions, record, all records, 2 of bytes, record of the claim. ARGV: name, id, the record without its opening brace and its
 * version, key id, bytes, 2 limits, body digest of the claim or '', seconds of its record.
 */
const REGISTER = new Script(`
${BYTES_FUNCTIONS}
local claimed = ARGV[8] ~= ''
local earlier = claimed and redis.call('GET', KEYS[7])
if earlier then return {'claimed', earlier} end
local known = redis.call('ZSCORE', KEYS[2], ARGV[2])
if known then return {'stored', tonumber(known)} end
local refused = refuseBytes(5, ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7])
if refused then return refused end
local version = redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
local record = '{"version":' .. version .. ',' .. ARGV[3]
redis.call('SET', KEYS[3], record)
if claimed then
  redis.call('SET', KEYS[7], '{"bodyDigest":"' .. ARGV[8] .. '","model":' .. record .. '}', 'EX', ARGV[9])
end
redis.call('ZADD', KEYS[4], 0, ARGV[2])
redis.call('ZADD', KEYS[2], version, ARGV[2])
setBytes(5, ARGV[2], ARGV[4], tonumber(ARGV[5]))
return {'stored', version}`)

interface Claimed {
  model: RegisteredModel
}

/** KEYS: users, versions, record, all records, exports, 2 of bytes. ARGV: id, key id. */
const DELETE = new Script(`
${BYTES_FUNCTIONS}
local users = redis.call('ZRANGE', KEYS[1], 0, 0)
if users[1] then return users[1] end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[3], KEYS[5])
setBytes(6, ARGV[1], ARGV[2], 0)
setBytes(6, ARGV[1] .. ':exports', ARGV[2], 0)
return false`)

/** The new version, that of an earlier request with the same claim, or the quota that its files would exceed. */
export type Registered =
  | { type: 'stored' | 'replayed'; model: RegisteredModel }
  | { type: 'refused'; use: QuotaUse }

/** The uploaded and the registered models of a tenant. */
export class ModelStore extends RecordStore<ModelRecord> {
  readonly #redis: Redis
  readonly #tenant: string

  constructor(redis: Redis, tenant = DEFAULT_TENANT) {
    super(redis, 'model', tenant)
    this.#redis = redis
    this.#tenant = tenant
  }

  /** @param reference an id, `name@version`, or a name, which stands for its newest version */
  override async get(reference: string): Promise<ModelRecord | undefined> {
    const parsed = parseReference(reference)
    if (!parsed) return undefined
    const id = 'id' in parsed ? parsed.id : await this.#find(parsed.name, parsed.version)
    return id === undefined ? undefined : await super.get(id)
  }

  /**
   * Stores a model as the next version of its name, unless the claim has made one before. A number is used once, also if its version is
   * deleted.
   * @throws AppError `idempotency_key_reused`
   */
  async register(
    model: Omit<RegisteredModel, 'version'>,
    { limits, claim }: { limits: StorageLimits; claim?: IdempotencyClaim | undefined },
  ): Promise<Registered> {
    const { id, name } = model
    const keys = [
      this.#keys.modelNumbers,
      this.#keys.modelVersions(name),
      redisKeys.record('model', id),
      this.#keys.allRecords('model'),
      ...bytesKeys(this.#tenant),
      redisKeys.idempotency(claim?.scope ?? ''),
    ]
    const rest = JSON.stringify(model).slice(1)
    const { storedBytes, storedBytesOfKey } = limits
    const bytes = [bytesOfUpload(model), ...limitArgs([storedBytes, storedBytesOfKey])]
    const answer = (await REGISTER.run(this.#redis, keys, [
      name,
      id,
      rest,
      keyOf(model),
      ...bytes,
      claim?.bodyDigest ?? '',
      CLAIM_SECONDS,
    ])) as unknown[]
    if (answer[0] === 'refused') return { type: 'refused', use: quotaUseOf(answer) }
    if (answer[0] === 'stored' || !claim)
      return { type: 'stored', model: { version: Number(answer[1]), ...model } }
    const earlier = replayOf<Claimed>(String(answer[1]), claim.bodyDigest).model
    return { type: earlier.id === id ? 'stored' : 'replayed', model: earlier }
  }

  /** The version that a claim has made before, in the state of the first answer. @throws AppError `idempotency_key_reused` */
  async findClaimed({ scope, bodyDigest }: IdempotencyClaim): Promise<RegisteredModel | undefined> {
    const found = await this.#redis.get(redisKeys.idempotency(scope))
    return found === null ? undefined : replayOf<Claimed>(found, bodyDigest).model
  }

  /** The newest versions of a name, newest first. @returns no more than `limit` */
  async versions(name: string, limit: number): Promise<RegisteredModel[]> {
    const ids = await this.#redis.zrevrange(this.#keys.modelVersions(name), 0, limit - 1)
    return (await this.load(ids)) as RegisteredModel[]
  }

  /** Deletes a version, unless an unfinished job names it. @returns that job */
  async deleteVersion(model: RegisteredModel): Promise<string | undefined> {
    const keys = [
      this.#keys.usersOfModel(modelIdOf(model)),
      this.#keys.modelVersions(model.name),
      redisKeys.record('model', model.id),
      this.#keys.allRecords('model'),
      redisKeys.exports(model.id),
      ...bytesKeys(this.#tenant),
    ]
    const user = await DELETE.run(this.#redis, keys, [model.id, keyOf(model)])
    return (user as string | null) ?? undefined
  }

  async #find(name: string, version: number | undefined): Promise<string | undefined> {
    const key = this.#keys.modelVersions(name)
    const [id] =
      version === undefined
        ? await this.#redis.zrevrange(key, 0, 0)
        : await this.#redis.zrangebyscore(key, version, version)
    return id
  }

  get #keys() {
    return tenantKeys(this.#tenant)
  }
}
