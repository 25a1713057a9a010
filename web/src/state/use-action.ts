import { useState } from 'preact/hooks'

export interface Action {
  /** Runs `act`, unless an action is running. */
  run(act: () => Promise<unknown>): void
  running: boolean
  error?: Error
  clear(): void
}

/** The state of actions that a view starts: one at a time, with the error of the last. */
export function useAction(): Action {
  const [state, setState] = useState<{ running: boolean; error?: Error }>({ running: false })
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
