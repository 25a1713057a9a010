import { client } from './session.ts'
import { useLoaded } from './use-loaded.ts'

const MOST = 200

/** The newest jobs that have ended or are paused: those that may have a model. */
export function useStoppedJobs() {
  return useLoaded(
    signal =>
      client.value.jobs.list(
        { status: ['succeeded', 'cancelled', 'failed', 'paused'], limit: MOST },
        { signal },
      ),
    [client.value],
  )
}
