import type { ChainableCommander, Redis } from 'ioredis'
import { type Owned, tenantOf } from '#access/owner.ts'
import { dayOf, endOfDay, hourOf, type UtcDay } from '#usage/hours.ts'
import { type Counter, type DayTotals, keyOf, type Running } from '#usage/usage-counters.ts'
import { tenantKeys } from './redis-keys.ts'

const DEFAULT_KEPT_DAYS = 400
/** In the place of an hour: the sum over the UTC day. */
const WHOLE_DAY = 'day'
/** In the place of a key: the sum over all keys of the tenant. */
const ALL_KEYS = '*'

/**
 * What each key of each tenant has used, by UTC hour. A day of a tenant is one hash, so that each method is one round trip to one key.
 * Fields are `HOUR:KEY:COUNTER`, and `day:KEY:deviceMs` for the quota of a day.
 */
export class UsageStore {
  readonly #redis: Redis
  readonly #keptDays: number

  constructor(redis: Redis, keptDays = DEFAULT_KEPT_DAYS) {
    this.#redis = redis
    this.#keptDays = keptDays
  }

  /**
   * Adds what a job has used since the last call, in the hour of `at`. The caller repeats a call that failed, so an amount whose answer was
   * lost counts twice.
   * @returns the running time of its tenant and key on that UTC day, in seconds
   */
  async addRunning(job: Owned, { deviceMs, examples }: Running, at = new Date()): Promise<DayTotals> {
    const [key, day, hour] = [keyOf(job), dayOf(at), hourOf(at)]
    const hash = this.#hash(tenantOf(job), day)
    const added = this.#redis
      .multi()
      .hincrby(hash, field(WHOLE_DAY, ALL_KEYS, 'deviceMs'), deviceMs)
      .hincrby(hash, field(WHOLE_DAY, key, 'deviceMs'), deviceMs)
      .hincrby(hash, field(hour, key, 'deviceMs'), deviceMs)
      .hincrby(hash, field(hour, key, 'examplesTrained'), examples)
    const [tenant, ofKey] = await this.#exec(added, hash, day)
    return { day, tenantToday: Number(tenant) / 1000, keyToday: Number(ofKey) / 1000 }
  }

  /**
   * @param keyId absent: all keys of the tenant
   * @returns running time on a UTC day, in seconds
   */
  async deviceSecondsOn(tenant: string, day: UtcDay, keyId = ALL_KEYS): Promise<number> {
    const stored = await this.#redis.hget(this.#hash(tenant, day), field(WHOLE_DAY, keyId, 'deviceMs'))
    return Number(stored ?? 0) / 1000
  }

  #hash(tenant: string, day: UtcDay): string {
    return tenantKeys(tenant).usage(day)
  }

  /** @returns the answers of the commands. @throws Error if a command failed */
  async #exec(commands: ChainableCommander, hash: string, day: UtcDay): Promise<unknown[]> {
    const expiresAt = endOfDay(day).getTime() / 1000 + this.#keptDays * 24 * 3600
    const answers = await commands.expireat(hash, expiresAt).exec()
    return answers!.map(([error, answer]) => {
      if (error) throw error
      return answer
    })
  }
}

function field(hour: string, keyId: string, counter: Counter): string {
  return `${hour}:${keyId}:${counter}`
}
