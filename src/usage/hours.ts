/** A UTC day, such as `2026-11-29`. */
export type UtcDay = string

const HOUR_MS = 3600 * 1000
const DAY_MS = 24 * HOUR_MS

/** The UTC day of a time. */
export function dayOf(time: Date): UtcDay {
  return time.toISOString().slice(0, 10)
}

/** The hour of the UTC day of a time, from `00` to `23`. */
export function hourOf(time: Date): string {
  return time.toISOString().slice(11, 13)
}

/** The start of an hour of a UTC day, as an ISO 8601 time. */
export function startOfHour(day: UtcDay, hour: string): string {
  return `${day}T${hour}:00:00.000Z`
}

/** The start of the hour of a time. */
export function startOfHourOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS)
}

/** The end of a UTC day, which is also when its quotas are free again. */
export function endOfDay(day: UtcDay): Date {
  return new Date(Date.parse(day) + DAY_MS)
}

/** Every UTC day that has a part in [from, to), in order. */
export function daysBetween(from: Date, to: Date): UtcDay[] {
  const days: UtcDay[] = []
  for (let time = Date.parse(dayOf(from)); time < to.getTime(); time += DAY_MS)
    days.push(dayOf(new Date(time)))
  return days
}
