import { useEffect, useRef } from 'preact/hooks'
import { disconnected } from './connection.ts'

/**
 * Calls `act` every `ms` while the page is visible and the service answers, and at once when it becomes visible or the service answers
 * again.
 */
export function useInterval(act: () => void, ms: number): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const run = () => document.visibilityState === 'visible' && !disconnected.peek() && latest.current()
    const timer = setInterval(run, ms)
    document.addEventListener('visibilitychange', run)
    let wasDisconnected = disconnected.peek()
    const stop = disconnected.subscribe(now => {
      if (wasDisconnected && !now) run()
      wasDisconnected = now
    })
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', run)
      stop()
    }
  }, [ms])
}
