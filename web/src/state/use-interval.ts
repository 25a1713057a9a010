import { useEffect, useRef } from 'preact/hooks'

/** Calls `act` every `ms` while the page is visible, and at once when it becomes visible again. */
export function useInterval(act: () => void, ms: number): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const run = () => document.visibilityState === 'visible' && latest.current()
    const timer = setInterval(run, ms)
    document.addEventListener('visibilitychange', run)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', run)
    }
  }, [ms])
}
