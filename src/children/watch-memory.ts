import pidusage from 'pidusage'
import { watchUsage } from './watch-usage.ts'

const PERIOD_MS = 100

/**
 * Watches the resident memory of a process and reports once when it exceeds the limit.
 * @param onExceeded receives the measured resident size in bytes
 * @returns a function that stops the watch
 */
export function watchMemory(
  pid: number,
  limitBytes: number,
  onExceeded: (residentBytes: number) => void,
): () => void {
  const measure = async () => (await pidusage(pid).catch(() => undefined))?.memory
  return watchUsage({ measure, limit: limitBytes, periodMs: PERIOD_MS }, onExceeded)
}
