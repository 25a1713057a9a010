/** The usage of a process or a folder, and its limit. */
export interface WatchedUsage {
  /** Undefined if it cannot be measured, for example because the process has ended; its owner is notified of the exit. */
  measure: () => Promise<number | undefined>
  limit: number
  periodMs: number
}

/**
 * Measures a usage periodically and reports once when it exceeds the limit.
 * @param onExceeded receives the measured usage
 * @returns a function that stops the watch
 */
export function watchUsage(
  { measure, limit, periodMs }: WatchedUsage,
  onExceeded: (usage: number) => void,
): () => void {
  let isWatching = true
  const stop = () => {
    isWatching = false
    clearInterval(timer)
  }
  const check = async () => {
    const usage = await measure()
    if (!isWatching || usage === undefined || usage <= limit) return
    stop()
    onExceeded(usage)
  }
  const timer = setInterval(check, periodMs)
  timer.unref()
  void check()
  return stop
}
