import type { Redis } from 'ioredis'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { modelIdOf, parseReference } from '#domain/model-reference.ts'
import { RecordStore } from './record-store.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import type { ModelRecord, RegisteredModel } from './upload-records.ts'

// A client whose connection breaks before the answer sends its script again, so each script may run twice.

/** KEYS: numbers, versions, record, all records. ARGV: name, id, the record without its opening brace and its version. */
const REGISTER = `
local known = redis.call('ZSCORE', KEYS[2], ARGV[2])
if known then return tonumber(known) end
local version = redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('SET', KEYS[3], '{"version":' .. version .. ',' .. ARGV[3])
redis.call('ZADD', KEYS[4], 0, ARGV[2])
redis.call('ZADD', KEYS[2], version, ARGV[2])
return version`

/** KEYS: users, versions, record, all records, exports. ARGV: id. */
const DELETE = `
local users = redis.call('ZRANGE', KEYS[1], 0, 0)
if users[1] then return users[1] end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[3], KEYS[5])
return false`

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

  /** Stores a model as the next version of its name. A number is used once, also if its version is deleted. */
  async register(model: Omit<RegisteredModel, 'version'>): Promise<RegisteredModel> {
    const { id, name } = model
    const keys = [
      this.#keys.modelNumbers,
      this.#keys.modelVersions(name),
      redisKeys.record('model', id),
      this.#keys.allRecords('model'),
    ]
    const rest = JSON.stringify(model).slice(1)
    const version = (await this.#redis.eval(REGISTER, keys.length, ...keys, name, id, rest)) as number
    return { version, ...model }
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
    ]
    return ((await this.#redis.eval(DELETE, keys.length, ...keys, model.id)) as string | null) ?? undefined
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
