import type { ChainableCommander, Redis } from 'ioredis'
import { type Owned, tenantOf } from '#access/owner.ts'
import { dayOf, daysBetween, endOfDay, type UtcDay } from '#usage/hours.ts'
import { type PendingDay, PendingUsage } from '#usage/pending-usage.ts'
import { type Counter, type DayTotals, keyOf, type Running } from '#usage/usage-counters.ts'
import { ALL_KEYS, fieldAt, fieldsOfKey, readFields, usageField, WHOLE_DAY } from '#usage/usage-fields.ts'
import { type UsageRow, usageRow } from '#usage/usage-row.ts'
import { tenantKeys } from './redis-keys.ts'

const DEFAULT_KEPT_DAYS = 400
const FLUSH_MS = 5_000

/** What each key of each tenant has used, by UTC hour. A day of a tenant is one hash: every write is one round trip to one key. */
export class UsageStore {
  readonly #redis: Redis
  readonly #keptDays: number
  readonly #pending = new PendingUsage()
  readonly #sources = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined

  constructor(redis: Redis, keptDays = DEFAULT_KEPT_DAYS) {
    this.#redis = redis
    this.#keptDays = keptDays
  }

  /**
   * Adds what a job has used since the last call, in the hour of `at`. The caller repeats a call that failed, so an amount whose answer was
   * lost counts twice.
   * @returns the running time of its tenant and key on that UTC day
   */
  async addRunning(job: Owned, { deviceMs, examples }: Running, at = new Date()): Promise<DayTotals> {
    const [key, day] = [keyOf(job), dayOf(at)]
    const [tenant, ofKey] = await this.#change(tenantOf(job), day, (commands, hash) =>
      commands
        .hincrby(hash, usageField(WHOLE_DAY, ALL_KEYS, 'deviceMs'), deviceMs)
        .hincrby(hash, usageField(WHOLE_DAY, key, 'deviceMs'), deviceMs)
        .hincrby(hash, fieldAt(at, key, 'deviceMs'), deviceMs)
        .hincrby(hash, fieldAt(at, key, 'examplesTrained'), examples),
    )
    return { day, tenantToday: Number(tenant) / 1000, keyToday: Number(ofKey) / 1000 }
  }

  /**
   * @param keyId absent: all keys of the tenant
   * @returns running time on a UTC day, in seconds
   */
  async deviceSecondsOn(tenant: string, day: UtcDay, keyId = ALL_KEYS): Promise<number> {
    const stored = await this.#redis.hget(hashOf(tenant, day), usageField(WHOLE_DAY, keyId, 'deviceMs'))
    return Number(stored ?? 0) / 1000
  }

  /** Counts something that happens with requests. It is stored within 5 s, together with the rest; a killed process loses it. */
  note(owner: Owned, counter: Counter, amount: number): void {
    this.#pending.add(owner, counter, amount, new Date())
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), FLUSH_MS).unref()
  }

  /** @param source is called before each flush, to note what it has not noted yet. @returns a function that removes it */
  addSource(source: () => void): () => void {
    this.#sources.add(source)
    return () => void this.#sources.delete(source)
  }

  /** Stores what was noted. What cannot be stored is part of the next flush. @throws Error if Redis does not answer */
  async flush(): Promise<void> {
    for (const source of this.#sources) source()
    clearTimeout(this.#timer)
    this.#timer = undefined
    const stored = await Promise.allSettled(this.#pending.take().map(pending => this.#store(pending)))
    for (const outcome of stored) if (outcome.status === 'rejected') throw outcome.reason
  }

  /** Stores the bytes that the keys of a tenant have at present as those of the present hour. */
  async recordStoredBytes(tenant: string, at = new Date()): Promise<void> {
    const bytes = Object.entries(await this.#redis.hgetall(tenantKeys(tenant).storedBytes))
    const fields = bytes
      .filter(([keyId]) => keyId !== ALL_KEYS)
      .map(([keyId, amount]) => [fieldAt(at, keyId, 'storedBytes'), amount] as const)
    if (fields.length === 0) return
    await this.#change(tenant, dayOf(at), (commands, hash) => commands.hset(hash, Object.fromEntries(fields)))
  }

  /** What the keys of a tenant have used in the hours that start in [from, to), in no order. @param keyId only of this key */
  async rows(tenant: string, { from, to, keyId }: UsageRange): Promise<UsageRow[]> {
    const rows: UsageRow[] = []
    const [first, end] = [from.toISOString(), to.toISOString()]
    // One day at a time, so that Redis answers others in between.
    for (const day of daysBetween(from, to))
      for (const found of readFields(await this.#read(hashOf(tenant, day), keyId))) {
        const row = usageRow(day, found)
        if (row.hour >= first && row.hour < end) rows.push(row)
      }
    return rows
  }

  async #read(hash: string, keyId: string | undefined): Promise<Record<string, string>> {
    if (keyId === undefined) return await this.#redis.hgetall(hash)
    const fields = fieldsOfKey(keyId)
    const values = await this.#redis.hmget(hash, ...fields)
    return Object.fromEntries(
      fields.flatMap((field, index) => (values[index] == null ? [] : [[field, values[index]]])),
    )
  }

  async #store(pending: PendingDay): Promise<void> {
    try {
      await this.#change(pending.tenant, pending.day, (commands, hash) => {
        for (const [field, amount] of pending.amounts) commands.hincrby(hash, field, amount)
        return commands
      })
    } catch (error) {
      this.#pending.putBack(pending)
      throw error
    }
  }

  /** @returns the answers of the commands. @throws Error if a command failed */
  async #change(
    tenant: string,
    day: UtcDay,
    change: (commands: ChainableCommander, hash: string) => ChainableCommander,
  ): Promise<unknown[]> {
    const hash = hashOf(tenant, day)
    const expiresAt = endOfDay(day).getTime() / 1000 + this.#keptDays * 24 * 3600
    const answers = await change(this.#redis.multi(), hash).expireat(hash, expiresAt).exec()
    return answers!.map(([error, answer]) => {
      if (error) throw error
      return answer
    })
  }
}

/** The hours that start in [from, to). */
export interface UsageRange {
  from: Date
  to: Date
  keyId?: string | undefined
}

function hashOf(tenant: string, day: UtcDay): string {
  return tenantKeys(tenant).usage(day)
}
