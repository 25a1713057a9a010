import { useEffect, useState } from 'preact/hooks'

export interface Loaded<T> {
  data?: T
  error?: Error
  /** True until the first answer, and during `reload`. */
  loading: boolean
  reload(): void
}

/**
 * What `load` resolves with, again whenever one of `inputs` changes. The previous data stay until the next arrive.
 * An answer to old inputs is dropped.
 */
export function useLoaded<T>(load: (signal: AbortSignal) => PromiseLike<T>, inputs: unknown[]): Loaded<T> {
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ loading: true })
  useEffect(() => {
    const controller = new AbortController()
    const settle = (next: Partial<Loaded<T>>) => {
      if (!controller.signal.aborted) setState({ ...next, loading: false })
    }
    setState(({ error: _, ...previous }) => ({ ...previous, loading: true }))
    load(controller.signal).then(
      data => settle({ data }),
      error => settle({ error }),
    )
    return () => controller.abort()
  }, [...inputs, turn])
  return { ...state, reload: () => setTurn(now => now + 1) }
}
