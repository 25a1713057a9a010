import pidusage from 'pidusage'

const LOOK_MS = 250

/**
 * Watches the processor time of a process from now on and reports once when it is above the limit. On a machine with much else to do
 * it says more of a task than the time that passes.
 * @returns a function that ends the watch
 */
export function watchProcessorTime(pid: number, limitSeconds: number, onExceeded: () => void): () => void {
  let isWatching = true
  let before: number | undefined
  const stop = () => {
    isWatching = false
    clearInterval(timer)
  }
  const look = async () => {
    // The process may be gone already: its owner learns that from its exit.
    const usage = await pidusage(pid).catch(() => undefined)
    if (!isWatching || !usage) return
    before ??= usage.ctime
    if (usage.ctime - before <= 1000 * limitSeconds) return
    stop()
    onExceeded()
  }
  const timer = setInterval(look, LOOK_MS)
  timer.unref()
  void look()
  return stop
}
