import type { Redis } from 'ioredis'
import { type AuditFilter, type AuditRecord, isListed, type NewAuditRecord } from '#usage/audit-record.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'

const DAY_MS = 24 * 3600 * 1000
const DEFAULT_KEPT_DAYS = 90
const DEFAULT_KEPT_RECORDS = 1_000_000
/** A client needs no key to cause them. */
const MOST_FAILED = 100_000
const CHUNK = 500
/** The records that one list examines. */
const MOST_EXAMINED = 10_000

/** The records of one list. */
export interface AuditQuery extends AuditFilter {
  /** Absent: the failed authentications of the whole service. */
  tenant?: string | undefined
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
  /** The id of the last record of the previous page. */
  after?: string | undefined
  limit: number
}

/** Records of the requests that write, one stream for each tenant, and one for requests that failed to authenticate. */
export class AuditStore {
  readonly #redis: Redis
  readonly #keptMs: number
  readonly #keptRecords: number

  /** @param keptRecords about so many for each tenant, so that no tenant can fill Redis with them */
  constructor(redis: Redis, keptDays = DEFAULT_KEPT_DAYS, keptRecords = DEFAULT_KEPT_RECORDS) {
    this.#redis = redis
    this.#keptMs = keptDays * DAY_MS
    this.#keptRecords = keptRecords
  }

  async add(record: NewAuditRecord): Promise<void> {
    const { tenant } = record
    const most = tenant === undefined ? MOST_FAILED : this.#keptRecords
    await this.#redis.xadd(streamOf(tenant), 'MAXLEN', '~', most, '*', 'record', JSON.stringify(record))
  }

  /**
   * Records, newest first.
   * @returns fewer than `limit` records if few of the examined ones match; `nextAfter` is null on the last page
   */
  async list(query: AuditQuery): Promise<{ records: AuditRecord[]; nextAfter: string | null }> {
    const { limit } = query
    const records: AuditRecord[] = []
    let after = query.after
    for (let examined = 0; examined < MOST_EXAMINED; examined += CHUNK) {
      const found = await this.#read({ ...query, after })
      for (const record of found) {
        if (!isListed(record, query)) continue
        if (records.length === limit) return { records, nextAfter: records.at(-1)!.id }
        records.push(record)
      }
      if (found.length < CHUNK) return { records, nextAfter: null }
      after = found.at(-1)!.id
    }
    return { records, nextAfter: after! }
  }

  /** Deletes records that are older than the configured time. @param tenant absent: failed authentications */
  async trim(tenant?: string): Promise<void> {
    await this.#redis.xtrim(streamOf(tenant), 'MINID', Date.now() - this.#keptMs)
  }

  async #read({ tenant, from, to, after }: AuditQuery): Promise<AuditRecord[]> {
    if (to && to.getTime() <= 0) return []
    const oldest = Math.max(from?.getTime() ?? 0, Date.now() - this.#keptMs)
    const newest = to ? String(to.getTime() - 1) : '+'
    const end = after === undefined ? newest : `(${after}`
    const entries = await this.#redis.xrevrange(streamOf(tenant), end, oldest, 'COUNT', CHUNK)
    return entries.map(([id, [, text]]) => ({
      id,
      time: new Date(Number(id.split('-')[0])).toISOString(),
      ...(JSON.parse(text!) as NewAuditRecord),
    }))
  }
}

function streamOf(tenant: string | undefined): string {
  return tenant === undefined ? redisKeys.failedAuthentications : tenantKeys(tenant).audit
}
