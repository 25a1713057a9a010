import pidusage from 'pidusage'
import { watchUsage } from './watch-usage.ts'

const PERIOD_MS = 250

/**
 * Watches the processor time that a process uses from now on and reports once when it exceeds the limit. On a busy machine this is a better
 * measure of a task than elapsed time.
 * @returns a function that stops the watch
 */
export function watchProcessorTime(pid: number, limitSeconds: number, onExceeded: () => void): () => void {
  let before: number | undefined
  const measure = async () => {
    const usage = await pidusage(pid).catch(() => undefined)
    if (!usage) return undefined
    before ??= usage.ctime
    return (usage.ctime - before) / 1000
  }
  return watchUsage({ measure, limit: limitSeconds, periodMs: PERIOD_MS }, onExceeded)
}
