import pidusage from 'pidusage'

/** The clocks that date a process and a file or a record may differ by this. */
const CLOCK_SLACK_MS = 10_000

/**
 * Whether a process of this host that was running at a time is still running. A process that was started later only has the same id.
 * @param ranAtMs milliseconds since 1970
 */
export async function isAlive(pid: number, ranAtMs: number): Promise<boolean> {
  if (!processExists(pid)) return false
  // Without an answer, the process may be another user's.
  const usage = await pidusage(pid).catch(() => undefined)
  return usage === undefined || Date.now() - usage.elapsed < ranAtMs + CLOCK_SLACK_MS
}

export function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
