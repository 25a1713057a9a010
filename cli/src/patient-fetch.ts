import { Thresher } from '@thresher/client'

const PATIENCE_MS = 6_000
const CHECK_MS = 3_000

/** fetch, until a service has answered once: a request that waits for 6 s is given up unless the service is alive. Some take long. */
export function patientFetch(url: string): typeof fetch {
  let hasAnswered = false
  let silence: Error | undefined
  return async (input, init = {}) => {
    if (hasAnswered) return await fetch(input, init)
    // A further attempt would be as futile.
    if (silence) throw silence
    const giving = new AbortController()
    const check = async () => {
      await new Thresher({ url, timeoutMs: CHECK_MS, retries: 0 }).health.live().catch(error => {
        silence = error
        giving.abort(error)
      })
    }
    const timer = setTimeout(check, PATIENCE_MS)
    try {
      const signal = init.signal ? AbortSignal.any([init.signal, giving.signal]) : giving.signal
      const answer = await fetch(input, { ...init, signal })
      hasAnswered = true
      return answer
    } finally {
      clearTimeout(timer)
    }
  }
}
