import type { UsageRow } from '@thresher/client'
import { MEASURES, type MeasureName } from './usage-measures.ts'

const HOUR_MS = 3_600_000

export interface Bucket {
  /** Milliseconds since 1970. */
  start: number
  amount: number
}

/**
 * The amounts of all keys in equal spans of time from `from` to `to`, both in milliseconds since 1970. A level, such as stored bytes, is
 * that of the last hour in the span that has a row.
 */
export function bucketUsage(
  rows: readonly UsageRow[],
  name: MeasureName,
  { from, to, hours }: { from: number; to: number; hours: number },
): Bucket[] {
  const span = hours * HOUR_MS
  const first = Math.floor(from / span) * span
  const sums = sumByHour(rows, name)
  const buckets: Bucket[] = []
  for (let start = first; start < to; start += span) {
    const within = Array.from({ length: hours }, (_, hour) => sums.get(start + hour * HOUR_MS))
    const known = within.filter(amount => amount !== undefined)
    const amount = MEASURES[name].isLevel ? (known.at(-1) ?? 0) : known.reduce((sum, one) => sum + one, 0)
    buckets.push({ start, amount })
  }
  return buckets
}

function sumByHour(rows: readonly UsageRow[], name: MeasureName): Map<number, number> {
  const sums = new Map<number, number>()
  for (const row of rows) {
    const hour = Date.parse(row.hour)
    sums.set(hour, (sums.get(hour) ?? 0) + row[name])
  }
  return sums
}
