import type { ChainableCommander, Redis } from 'ioredis'
import { DEFAULT_TENANT, type Owned, tenantOf } from '#access/owner.ts'
import { ANNOUNCE_FUNCTION, ANNOUNCE_KEYS, type AnnouncedEvent } from './announced-events.ts'
import { MOST_SCANNED, membersOf, PAGE } from './members-of.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { storedRecord } from './stored-record.ts'

/** The kinds of uploads; the content of an upload is a blob in the namespace of its id. */
export type RecordKind = 'dataset' | 'model'

export interface RecordQuery {
  after?: string | undefined
  limit: number
  name?: string | undefined
}

/** KEYS: record, 2 of the outbox. ARGV: record, tenant, event or ''. */
const REPLACE = new Script(`
${ANNOUNCE_FUNCTION}
if not redis.call('SET', KEYS[1], ARGV[1], 'XX') then return 0 end
if ARGV[3] ~= '' then announce(2, ARGV[2], ARGV[3]) end
return 1`)

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

  async create(record: Stored): Promise<void> {
    const transaction = this.#redis.multi().set(this.#key(record.id), JSON.stringify(record))
    await commit(transaction.zadd(this.#all, 0, record.id))
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

  /**
   * @param event is announced to webhooks in the same atomic step
   * @returns whether the record still existed
   */
  async replace(record: Stored, event?: AnnouncedEvent): Promise<boolean> {
    const args = [JSON.stringify(record), event?.tenant ?? '', event ? JSON.stringify(event) : '']
    return (await REPLACE.run(this.#redis, [this.#key(record.id), ...ANNOUNCE_KEYS], args)) === 1
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

  async delete(id: string): Promise<void> {
    await commit(this.#redis.multi().del(this.#key(id)).zrem(this.#all, id))
  }

  get #all(): string {
    return tenantKeys(this.#tenant ?? DEFAULT_TENANT).allRecords(this.#kind)
  }

  #key(id: string): string {
    return redisKeys.record(this.#kind, id)
  }
}

/** Redis reports the error of a command in a transaction as one of its results. @throws the first such error */
async function commit(transaction: ChainableCommander): Promise<void> {
  for (const [error] of (await transaction.exec()) ?? []) if (error) throw error
}
