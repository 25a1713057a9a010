import type { Redis } from 'ioredis'
import { DEFAULT_TENANT, type Owned, tenantOf } from '#access/owner.ts'
import type { QuotaUse } from '#access/quotas.ts'
import { keyOf } from '#usage/usage-counters.ts'
import { ANNOUNCE_FUNCTION, ANNOUNCE_KEYS, type AnnouncedEvent } from './announced-events.ts'
import { MOST_SCANNED, membersOf, PAGE } from './members-of.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { BYTES_FUNCTIONS, bytesKeys, limitArgs, quotaUseOf, type StorageLimits } from './stored-bytes.ts'
import { storedRecord } from './stored-record.ts'
import { bytesOfUpload } from './upload-records.ts'

/** The kinds of uploads; the content of an upload is a blob in the namespace of its id. */
export type RecordKind = 'dataset' | 'model'

export interface RecordQuery {
  after?: string | undefined
  limit: number
  name?: string | undefined
}

/** The arguments of `CREATE` and `REPLACE` begin with: record, id, key id, bytes, 2 limits. KEYS: record, all, 2 of bytes, 2 of the outbox. */
const PUT_FUNCTION = `
${BYTES_FUNCTIONS}
local function put()
  local more = tonumber(ARGV[4]) - tonumber(redis.call('HGET', KEYS[3], ARGV[2]) or '0')
  local refused = more > 0 and refuseBytes(3, ARGV[3], more, ARGV[5], ARGV[6])
  if refused then return refused end
  redis.call('SET', KEYS[1], ARGV[1])
  setBytes(3, ARGV[2], ARGV[3], tonumber(ARGV[4]))
  return {'stored'}
end`

const CREATE = new Script(`
${PUT_FUNCTION}
local answer = put()
if answer[1] == 'stored' then redis.call('ZADD', KEYS[2], 0, ARGV[2]) end
return answer`)

/** ARGV also: tenant, event or ''. */
const REPLACE = new Script(`
${PUT_FUNCTION}
${ANNOUNCE_FUNCTION}
if redis.call('EXISTS', KEYS[1]) == 0 then return {'gone'} end
local answer = put()
if answer[1] == 'stored' and ARGV[8] ~= '' then announce(5, ARGV[7], ARGV[8]) end
return answer`)

/** KEYS: record, all, 2 of bytes, users. ARGV: id, key id. */
const DELETE = new Script(`
${BYTES_FUNCTIONS}
local users = redis.call('ZRANGE', KEYS[5], 0, 0)
if users[1] then return users[1] end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
setBytes(3, ARGV[1], ARGV[2], 0)
return false`)

/** What became of a record: `gone` if it was deleted meanwhile, `refused` if its files would exceed a quota. */
export type Put = { type: 'stored' } | { type: 'gone' } | { type: 'refused'; use: QuotaUse }

/** Records of one kind in Redis, under ids that sort by time. */
export class RecordStore<Stored extends { id: string; name: string } & Owned> {
  readonly #redis: Redis
  readonly #kind: RecordKind
  readonly #tenant: string | undefined

  /** @param tenant absent: `get` and `replace` reach the records of every tenant. Otherwise, those of others do not exist for its callers */
  constructor(redis: Redis, kind: RecordKind, tenant?: string) {
    this.#redis = redis
    this.#kind = kind
    this.#tenant = tenant
  }

  async create(record: Stored, limits: StorageLimits = {}): Promise<Put> {
    return putOf(await CREATE.run(this.#redis, this.#keysOf(record), argsOf(record, limits)))
  }

  async get(id: string): Promise<Stored | undefined> {
    const text = await this.#redis.get(this.#key(id))
    const record: Stored | undefined = text === null ? undefined : JSON.parse(text)
    return record && (this.#tenant === undefined || tenantOf(record) === this.#tenant) ? record : undefined
  }

  /** Whether the record exists, even if it cannot be read. */
  async has(id: string): Promise<boolean> {
    return (await this.#redis.zscore(this.#all, id)) !== null
  }

  /** @param event is announced to webhooks in the same atomic step */
  async replace(
    record: Stored,
    { event, limits = {} }: { event?: AnnouncedEvent | undefined; limits?: StorageLimits } = {},
  ): Promise<Put> {
    const announced = [event?.tenant ?? '', event ? JSON.stringify(event) : '']
    const keys = [...this.#keysOf(record), ...ANNOUNCE_KEYS]
    return putOf(await REPLACE.run(this.#redis, keys, [...argsOf(record, limits), ...announced]))
  }

  /**
   * Newest first, starting after the id `after`.
   * @param name a prefix of the names
   * @returns fewer than `limit` and a `nextAfter` when `MOST_SCANNED` records were read
   */
  async list({
    after,
    limit,
    name = '',
  }: RecordQuery): Promise<{ found: Stored[]; nextAfter: string | null }> {
    const found: Stored[] = []
    const count = name === '' ? limit + 1 : PAGE
    let scanned = 0
    for await (const ids of membersOf(this.#redis, [this.#all], { order: 'desc', count, after })) {
      for (const record of await this.load(ids)) {
        if (name !== '' && !record.name?.startsWith(name)) continue
        if (found.length === limit) return { found, nextAfter: found.at(-1)!.id }
        found.push(record)
      }
      scanned += ids.length
      if (scanned >= MOST_SCANNED && ids.length === count) return { found, nextAfter: ids.at(-1)! }
    }
    return { found, nextAfter: null }
  }

  /** Every record, newest first, read a page at a time. */
  async *all(): AsyncGenerator<Stored, void, undefined> {
    for (let after: string | undefined; ; ) {
      const { found, nextAfter } = await this.list({ after, limit: PAGE })
      yield* found
      if (nextAfter === null) return
      after = nextAfter
    }
  }

  /** In the order of the ids, without those that do not exist. */
  protected async load(ids: readonly string[]): Promise<Stored[]> {
    if (ids.length === 0) return []
    const texts = await this.#redis.mget(ids.map(id => this.#key(id)))
    return texts.flatMap((text, index) => (text === null ? [] : [storedRecord<Stored>(ids[index]!, text)]))
  }

  /** Deletes a record, unless an unfinished job or analysis needs it. @returns the id of that job */
  async delete(id: string): Promise<string | undefined> {
    // A record that cannot be read names no key, and keeps its bytes in the sum of its key.
    const record = await this.get(id).catch(() => undefined)
    const keys = [...this.#keysOf({ id, ...record }), redisKeys.usersOf(id)]
    const user = await DELETE.run(this.#redis, keys, [id, keyOf(record ?? {})])
    return (user as string | null) ?? undefined
  }

  #keysOf({ id, tenant = this.#tenant }: Owned & { id: string }): string[] {
    const owner = tenantOf({ tenant })
    return [this.#key(id), tenantKeys(owner).allRecords(this.#kind), ...bytesKeys(owner)]
  }

  get #all(): string {
    return tenantKeys(this.#tenant ?? DEFAULT_TENANT).allRecords(this.#kind)
  }

  #key(id: string): string {
    return redisKeys.record(this.#kind, id)
  }
}

function argsOf(record: Owned & { id: string }, { storedBytes, storedBytesOfKey }: StorageLimits) {
  const limits = limitArgs([storedBytes, storedBytesOfKey])
  return [JSON.stringify(record), record.id, keyOf(record), bytesOfUpload(record), ...limits]
}

function putOf(answer: unknown): Put {
  const [type] = answer as [Put['type']]
  return type === 'refused' ? { type, use: quotaUseOf(answer as unknown[]) } : { type }
}
