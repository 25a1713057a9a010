import type { Owned } from '#access/owner.ts'
import { ADMIN } from '#access/principal.ts'
import type { UtcDay } from './hours.ts'

/** What is counted for each key and UTC hour, as it is stored: whole numbers, so that sums are exact. */
export const COUNTERS = ['deviceMs', 'jobs', 'examplesTrained', 'storedBytes', 'egressBytes'] as const
export type Counter = (typeof COUNTERS)[number]

export type Counts = Record<Counter, number>

/** An amount of running time and of training. */
export interface Running {
  /** Time that a job has had a worker, in milliseconds. */
  deviceMs: number
  /** Examples trained, also those of steps that are repeated after a restart. */
  examples: number
}

/** Running time on one UTC day, in seconds. */
export interface DayTotals {
  day: UtcDay
  /** Of all keys of the tenant. */
  tenantToday: number
  keyToday: number
}

/** The key that usage is counted for. Records of versions without keys are the admin's. */
export function keyOf({ keyId }: Owned): string {
  return keyId ?? ADMIN.keyId
}
