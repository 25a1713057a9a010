import { isTerminal } from '../../state/job-status.ts'
import { client } from '../../state/session.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'

const REFRESH_MS = 5000

/** Analyses, newest first; again while one of them has not ended. @param version asks again when it changes */
export function useAnalyses(query: { limit: number; jobId?: string }, version = '') {
  const loaded = useLoaded(
    signal => client.value.analyses.list(query, { signal }),
    [JSON.stringify(query), version, client.value],
  )
  const isOngoing = loaded.data?.data.some(({ status }) => !isTerminal(status)) ?? false
  useInterval(() => isOngoing && loaded.reload(), REFRESH_MS)
  return loaded
}
