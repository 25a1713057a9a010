import type { ListedSweep } from '@thresher/client'
import { formatCount } from '../../format/numbers.ts'

/** Characters of an id that tell it apart from the others of a list. */
const ENOUGH = 6

export function sweepName({ id, name, method }: Pick<ListedSweep, 'id' | 'name' | 'method'>): string {
  return name ?? `${method} …${id.slice(-ENOUGH)}`
}

/** Whether the sweep may still change by itself. */
export function isOngoing({ status }: Pick<ListedSweep, 'status'>): boolean {
  return status === 'running' || status === 'cancelling'
}

/** For example "12 of 16 succeeded, 2 running, 1 failed". */
export function progressOf({ counts }: Pick<ListedSweep, 'counts'>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const others = (['running', 'paused', 'failed', 'cancelled'] as const).filter(status => counts[status] > 0)
  return [
    `${formatCount(counts.succeeded)} of ${formatCount(total)} succeeded`,
    ...others.map(status => `${formatCount(counts[status])} ${status}`),
  ].join(', ')
}
