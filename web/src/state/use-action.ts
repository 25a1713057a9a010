import { ConnectionError } from '@thresher/client'
import { useEffect, useState } from 'preact/hooks'
import { disconnected } from './connection.ts'

export interface Action {
  /** Runs `act`, unless an action is running. */
  run(act: () => Promise<unknown>): void
  running: boolean
  error?: Error
  clear(): void
}

/**
 * The state of actions that a view starts: one at a time, with the error of the last.
 *
 * @param subject what the actions act on, for example a status; an error is about the one that it was and goes with it
 */
export function useAction(subject?: string): Action {
  const [state, setState] = useState<{ running: boolean; error?: Error }>({ running: false })
  const drop = () => setState(now => (now.error ? { running: false } : now))
  useEffect(drop, [subject])
  const isConnected = !disconnected.value
  useEffect(() => {
    if (isConnected && state.error instanceof ConnectionError) drop()
  }, [isConnected])
  return {
    ...state,
    run(act) {
      if (state.running) return
      setState({ running: true })
      act().then(
        () => setState({ running: false }),
        error => setState({ running: false, error }),
      )
    },
    clear: () => setState({ running: false }),
  }
}
