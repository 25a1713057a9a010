import type { ListedSweep, Sweep } from '@thresher/client'
import type { Json } from '../../form/path.ts'
import { formatCount } from '../../format/numbers.ts'
import { countTrials } from '../count-trials.ts'

/** Characters of an id that tell it apart from the others of a list. */
const ENOUGH = 6

export function sweepName({ id, name, method }: Pick<ListedSweep, 'id' | 'name' | 'method'>): string {
  return name ?? `${method} …${id.slice(-ENOUGH)}`
}

/** Whether the sweep may still change by itself. */
export function isOngoing({ status }: Pick<ListedSweep, 'status'>): boolean {
  return status === 'running' || status === 'cancelling'
}

/** For example "12 of 16 succeeded, 1 failed". Of a sweep that goes on, the list does not have the number of all trials. */
export function progressOf(sweep: Pick<ListedSweep, 'counts' | 'status'>): string {
  const { counts } = sweep
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const succeeded = formatCount(counts.succeeded)
  const others = (['running', 'paused', 'failed', 'cancelled'] as const).filter(status => counts[status] > 0)
  return [
    isOngoing(sweep) ? `${succeeded} succeeded` : `${succeeded} of ${formatCount(total)} succeeded`,
    ...others.map(status => `${formatCount(counts[status])} ${status}`),
  ].join(', ')
}

/**
 * How many trials have ended, and of how many; undefined as long as the search has not decided how many it takes. The trials of a running
 * sweep are only those that were submitted.
 */
export function trialsOf(sweep: Pick<Sweep, 'counts' | 'status' | 'request' | 'trials'>): {
  ended: number
  total: number | undefined
} {
  const { counts, request, trials } = sweep
  const known = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const ended = known - counts.pending - counts.running - counts.paused
  if (!isOngoing(sweep)) return { ended, total: known }
  const planned = countTrials(request as unknown as Json)
  const references = trials.filter(({ kind }) => kind === 'reference').length
  return { ended, total: planned && Math.max(planned + references, known) }
}
