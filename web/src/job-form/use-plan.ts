import type { DryRun, JobRequest } from '@thresher/client'
import { useEffect, useState } from 'preact/hooks'
import type { Json } from '../form/path.ts'
import { client } from '../state/session.ts'

export interface PlanState {
  /** The plan of the newest request that the service accepted. */
  plan?: DryRun | undefined
  /** Why the present request has no plan. */
  error?: Error | undefined
  /** Whether the plan is that of an older request. */
  isStale: boolean
}

const PAUSE_MS = 300

/** The dry run of a request, `PAUSE_MS` after its last change. An older dry run that has not been answered is aborted. */
export function usePlan(request: Json): PlanState {
  const [state, setState] = useState<PlanState>({ isStale: true })
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    setState(({ plan }) => ({ plan, isStale: true }))
    const timer = setTimeout(() => {
      client.value.jobs.plan(request as JobRequest, { signal }).then(
        plan => signal.aborted || setState({ plan, isStale: false }),
        error => signal.aborted || setState(({ plan }) => ({ plan, error, isStale: true })),
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [request])
  return state
}
