import { useEffect } from 'preact/hooks'
import { connectionProblem, disconnected } from '../state/connection.ts'
import { client } from '../state/session.ts'

const WORDS = {
  offline: 'This computer is offline. The page continues when it is connected again.',
  broken: 'The connection broke. The page continues when the service answers.',
}

/** While the service does not answer, it is asked this often whether it does again. */
const PROBE_MS = 3000

/** That the page is not up to date, and why. */
export function ConnectionNotice() {
  const problem = connectionProblem.value
  const isProbing = problem === 'broken' && disconnected.value
  useEffect(() => {
    if (!isProbing) return
    const probe = () => {
      client.value.health.live({ retries: 0 }).catch(() => {
        // The notice stays.
      })
    }
    const timer = setInterval(probe, PROBE_MS)
    return () => clearInterval(timer)
  }, [isProbing])
  return problem === undefined ? null : (
    <p class="notice warn connection" role="status">
      {WORDS[problem]}
    </p>
  )
}
