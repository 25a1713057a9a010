import { ConnectionError } from '@thresher/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { disconnected } from './connection.ts'

export interface Loaded<T> {
  data?: T
  error?: Error
  /** True until the first answer, and during `reload`. */
  loading: boolean
  reload(): void
}

/**
 * What `load` resolves with, again whenever one of `inputs` changes, and after a broken connection. The previous data stay until the next arrive.
 * An answer to old inputs is dropped.
 */
export function useLoaded<T>(load: (signal: AbortSignal) => PromiseLike<T>, inputs: unknown[]): Loaded<T> {
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ loading: true })
  /** Whether the data are older than the inputs, because nothing is asked for while the service does not answer. */
  const isBehind = useRef(false)
  useEffect(() => {
    isBehind.current = disconnected.peek() && state.data !== undefined
    if (isBehind.current) return
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
  const isConnected = !disconnected.value
  useEffect(() => {
    if (isConnected && (isBehind.current || state.error instanceof ConnectionError)) setTurn(now => now + 1)
  }, [isConnected])
  return { ...state, reload: () => setTurn(now => now + 1) }
}
