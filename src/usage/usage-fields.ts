import { hourOf } from './hours.ts'
import { COUNTERS, type Counter, type Counts } from './usage-counters.ts'

// The hash of a day of a tenant has the fields `HOUR:KEY:COUNTER`, and `day:KEY:deviceMs` for the quota of the day.

/** The hour of sums over the UTC day. */
export const WHOLE_DAY = 'day'
/** The key of sums over all keys of the tenant. */
export const ALL_KEYS = '*'

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))

export function usageField(hour: string, keyId: string, counter: Counter): string {
  return `${hour}:${keyId}:${counter}`
}

/** The fields of all hours of one key. */
export function fieldsOfKey(keyId: string): string[] {
  return HOURS.flatMap(hour => COUNTERS.map(counter => usageField(hour, keyId, counter)))
}

/** What one key has used in one hour of a day. */
export interface HourOfKey {
  hour: string
  keyId: string
  counts: Counts
}

/** The hours in the hash of a day, in no order. */
export function readFields(stored: Readonly<Record<string, string>>): HourOfKey[] {
  const hours = new Map<string, HourOfKey>()
  for (const [field, amount] of Object.entries(stored)) {
    const [hour, keyId, counter] = field.split(':') as [string, string, Counter]
    if (hour === WHOLE_DAY) continue
    const place = `${hour}:${keyId}`
    const found = hours.get(place) ?? { hour, keyId, counts: { ...NOTHING } }
    found.counts[counter] = Number(amount)
    hours.set(place, found)
  }
  return [...hours.values()]
}

const NOTHING = Object.fromEntries(COUNTERS.map(counter => [counter, 0])) as Counts

/** The field of a time. */
export function fieldAt(time: Date, keyId: string, counter: Counter): string {
  return usageField(hourOf(time), keyId, counter)
}
