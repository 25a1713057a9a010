import { setTimeout as pause } from 'node:timers/promises'
import type { Stores } from '#stores/connect.ts'

/** Work that is repeated while the process runs. */
export interface PeriodicWork {
  periodMs: number
  run: () => Promise<void>
  onFailure: (error: unknown) => void
  /** The stores and the name of a lease, so that one process at a time does the work. Absent: every process does it. */
  lease?: { stores: Pick<Stores, 'lease'>; name: string }
}

/** A lease ends a little before the next run is due, so that its holder can take it again. */
const LEASE_SHARE = 0.9

/**
 * Does work at once, then a period after each run has ended.
 * @returns a function that stops it, and resolves when the run in progress has ended
 */
export function runPeriodically({ periodMs, run, onFailure, lease }: PeriodicWork): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  const mayRun = async () =>
    lease === undefined || (await lease.stores.lease(lease.name, Math.round(LEASE_SHARE * periodMs)))
  const running = (async () => {
    while (!signal.aborted) {
      try {
        if (await mayRun()) await run()
      } catch (error) {
        onFailure(error)
      }
      await pause(periodMs, undefined, { signal }).catch(() => {})
    }
  })()
  return async () => {
    stopping.abort()
    await running
  }
}
