import { z } from 'zod'
import { startOfHour, type UtcDay } from './hours.ts'
import type { HourOfKey } from './usage-fields.ts'

const Count = z.int().min(0)

const used = {
  deviceSeconds: z.number().min(0).describe('Time that jobs and analyses had a worker.'),
  jobs: Count.describe('Jobs and analyses submitted, including those of sweeps.'),
  examplesTrained: Count.describe('Examples trained, also those that a restarted job trained again.'),
  egressBytes: Count.describe('Bytes sent to clients: answers, downloads and streams.'),
}

/** What one key has used in one hour. */
export const UsageRow = z
  .object({
    hour: z.iso.datetime().describe('The start of the hour.'),
    keyId: z.string(),
    ...used,
    storedBytes: Count.describe(
      'Bytes of datasets, models, checkpoints and artifacts at the end of the hour, or now.',
    ),
  })
  .meta({ id: 'UsageRow' })
export type UsageRow = z.infer<typeof UsageRow>

export const UsageTotals = z.object({
  ...used,
  storedByteHours: Count.describe('The sum of `storedBytes` over the hours.'),
})
export type UsageTotals = z.infer<typeof UsageTotals>

export function usageRow(day: UtcDay, { hour, keyId, counts }: HourOfKey): UsageRow {
  const { deviceMs, ...rest } = counts
  return { hour: startOfHour(day, hour), keyId, deviceSeconds: deviceMs / 1000, ...rest }
}

export function totalsOf(rows: readonly UsageRow[]): UsageTotals {
  const sum = (name: Exclude<keyof UsageRow, 'hour' | 'keyId'>) =>
    rows.reduce((total, row) => total + row[name], 0)
  return {
    // Milliseconds are whole numbers, so that the sum is exact.
    deviceSeconds: rows.reduce((total, row) => total + Math.round(row.deviceSeconds * 1000), 0) / 1000,
    jobs: sum('jobs'),
    examplesTrained: sum('examplesTrained'),
    egressBytes: sum('egressBytes'),
    storedByteHours: sum('storedBytes'),
  }
}

/** The cursor of a row. */
export function cursorOf({ hour, keyId }: UsageRow): string {
  return `${hour.slice(0, 13)}:${keyId}`
}

export const USAGE_CURSOR = /^\d{4}-\d{2}-\d{2}T\d{2}:[\w-]+$/

/** Newest hours first; within an hour by key. */
export function compareRows(a: UsageRow, b: UsageRow): number {
  if (a.hour !== b.hour) return a.hour < b.hour ? 1 : -1
  return a.keyId < b.keyId ? -1 : 1
}

/** Whether a row comes after the row of a cursor. */
export function isAfter(cursor: string, row: UsageRow): boolean {
  const [hour, keyId] = [cursor.slice(0, 13), cursor.slice(14)]
  const own = row.hour.slice(0, 13)
  return own === hour ? row.keyId > keyId : own < hour
}
