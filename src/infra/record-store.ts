import type { ChainableCommander, Redis } from 'ioredis'
import { redisKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'

/** What clients upload; the content of each is a blob in the namespace of its id. */
export type RecordKind = 'dataset' | 'model'

const PAGE = 100

/** Records of one kind in Redis, by ids that sort by time. */
export class RecordStore<Stored extends { id: string }> {
  readonly #redis: Redis
  readonly #kind: RecordKind

  constructor(redis: Redis, kind: RecordKind) {
    this.#redis = redis
    this.#kind = kind
  }

  async create(record: Stored): Promise<void> {
    const transaction = this.#redis.multi().set(this.#key(record.id), JSON.stringify(record))
    await commit(transaction.zadd(redisKeys.allRecords(this.#kind), 0, record.id))
  }

  async get(id: string): Promise<Stored | undefined> {
    const text = await this.#redis.get(this.#key(id))
    return text === null ? undefined : JSON.parse(text)
  }

  /** Whether it is there, be it readable or not. */
  async has(id: string): Promise<boolean> {
    return (await this.#redis.exists(this.#key(id))) === 1
  }

  /** @returns whether the record was still there */
  async replace(record: Stored): Promise<boolean> {
    return (await this.#redis.set(this.#key(record.id), JSON.stringify(record), 'XX')) === 'OK'
  }

  /** A page of them, newest first, beginning after the id `after`, and where the next one begins. */
  async list(
    after: string | undefined,
    limit: number,
  ): Promise<{ found: Stored[]; nextAfter: string | null }> {
    const from = after === undefined ? '+' : `(${after}`
    const all = redisKeys.allRecords(this.#kind)
    const ids = await this.#redis.zrevrangebylex(all, from, '-', 'LIMIT', 0, limit + 1)
    if (ids.length === 0) return { found: [], nextAfter: null }
    const page = ids.slice(0, limit)
    const texts = await this.#redis.mget(page.map(id => this.#key(id)))
    const found = texts.flatMap((text, index) =>
      text === null ? [] : [storedRecord<Stored>(page[index]!, text)],
    )
    return { found, nextAfter: ids.length > limit ? page.at(-1)! : null }
  }

  /** Every record, newest first, as it was when it came up. */
  async *all(): AsyncGenerator<Stored, void, undefined> {
    for (let after: string | undefined; ; ) {
      const page = (await this.list(after, PAGE)).slice(0, PAGE)
      yield* page
      if (page.length < PAGE) return
      after = page.at(-1)!.id
    }
  }

  async delete(id: string): Promise<void> {
    await commit(this.#redis.multi().del(this.#key(id)).zrem(redisKeys.allRecords(this.#kind), id))
  }

  #key(id: string): string {
    return redisKeys.record(this.#kind, id)
  }
}

/** Redis reports an error of a command inside a transaction as one of its results. @throws the first of them */
async function commit(transaction: ChainableCommander): Promise<void> {
  for (const [error] of (await transaction.exec()) ?? []) if (error) throw error
}
