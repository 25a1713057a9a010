import type { Job } from '@thresher/client'
import { useEffect, useState } from 'preact/hooks'
import { isTerminal } from '../../state/job-status.ts'
import { client } from '../../state/session.ts'
import { useInterval } from '../../state/use-interval.ts'
import { type EpochRow, parseMetrics } from './parse-metrics.ts'

export interface Run {
  job: Job
  epochs: EpochRow[]
}

export interface Runs {
  /** In the order of the ids, as far as they are loaded. */
  runs: Run[]
  /** Why one of them cannot be shown. */
  error?: Error
  isLoading: boolean
}

/** Runs that have not ended are loaded again this often. */
const REFRESH_MS = 3000

/** The jobs with their metrics. Runs that go on are kept up to date. */
export function useRuns(ids: readonly string[]): Runs {
  const [runs, setRuns] = useState<ReadonlyMap<string, Run>>(new Map())
  const [error, setError] = useState<Error>()
  const missing = ids.filter(id => !runs.has(id))
  const load = async (wanted: readonly string[], signal?: AbortSignal) => {
    const settled = await Promise.allSettled(wanted.map(id => loadRun(id, signal)))
    if (signal?.aborted) return
    const loaded = settled.flatMap(one => (one.status === 'fulfilled' ? one.value : []))
    setRuns(now => new Map([...now, ...loaded.map(run => [run.job.id, run] as const)]))
    setError(settled.find(one => one.status === 'rejected')?.reason)
  }
  useEffect(() => {
    setError(undefined)
    const controller = new AbortController()
    void load(missing, controller.signal)
    return () => controller.abort()
  }, [ids.join()])
  useInterval(() => {
    const running = ids.filter(id => runs.has(id) && !isTerminal(runs.get(id)!.job.status))
    if (running.length > 0) void load(running)
  }, REFRESH_MS)
  const present = ids.flatMap(id => runs.get(id) ?? [])
  return { runs: present, ...(error && { error }), isLoading: missing.length > 0 && !error }
}

async function loadRun(id: string, signal?: AbortSignal): Promise<Run> {
  const { jobs } = client.value
  const [job, csv] = await Promise.all([jobs.get(id, { signal }), jobs.metricsCsv(id, {}, { signal })])
  return { job, epochs: parseMetrics(csv) }
}
