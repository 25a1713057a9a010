import { type Owned, tenantOf } from '#access/owner.ts'
import { dayOf, type UtcDay } from './hours.ts'
import { type Counter, keyOf } from './usage-counters.ts'
import { fieldAt } from './usage-fields.ts'

/** What is to be added to the fields of one day of a tenant. */
export interface PendingDay {
  tenant: string
  day: UtcDay
  amounts: Map<string, number>
}

/** Sums of many small amounts, until they are stored together. */
export class PendingUsage {
  #days = new Map<string, PendingDay>()

  add(owner: Owned, counter: Counter, amount: number, at: Date): void {
    const [tenant, day] = [tenantOf(owner), dayOf(at)]
    this.#add({ tenant, day, amounts: new Map([[fieldAt(at, keyOf(owner), counter), amount]]) })
  }

  /** Removes and returns everything. */
  take(): PendingDay[] {
    const days = [...this.#days.values()]
    this.#days = new Map()
    return days
  }

  /** Adds what could not be stored. */
  putBack(day: PendingDay): void {
    this.#add(day)
  }

  #add({ tenant, day, amounts }: PendingDay): void {
    const place = `${tenant} ${day}`
    const pending = this.#days.get(place) ?? { tenant, day, amounts: new Map() }
    for (const [field, amount] of amounts)
      pending.amounts.set(field, (pending.amounts.get(field) ?? 0) + amount)
    this.#days.set(place, pending)
  }
}
