import pidusage from 'pidusage'

const LOOK_MS = 100

/**
 * Watches the resident memory of a process and reports once when it is above the limit.
 * @param onExceeded receives the resident size in bytes that was seen
 * @returns a function that ends the watch
 */
export function watchMemory(
  pid: number,
  limitBytes: number,
  onExceeded: (residentBytes: number) => void,
): () => void {
  let isWatching = true
  const stop = () => {
    isWatching = false
    clearInterval(timer)
  }
  const timer = setInterval(async () => {
    // The process may be gone already: its owner learns that from its exit.
    const usage = await pidusage(pid).catch(() => undefined)
    if (!isWatching || !usage || usage.memory <= limitBytes) return
    stop()
    onExceeded(usage.memory)
  }, LOOK_MS)
  timer.unref()
  return stop
}
