/** @returns a function that returns true at its first call, and then only after the interval has passed */
export function throttle(intervalMs: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - last < intervalMs) return false
    last = performance.now()
    return true
  }
}
