import pidusage from 'pidusage'

/** The start time of a process and the time of a file or record come from different clocks, which may differ by this much. */
const CLOCK_SLACK_MS = 10_000

/**
 * Whether a process of this host that was running at a time is still running. A process that was started later is another process with the
 * same id.
 * @param ranAtMs milliseconds since 1970
 */
export async function isAlive(pid: number, ranAtMs: number): Promise<boolean> {
  if (!processExists(pid)) return false
  // If its start time cannot be read, the process may belong to another user.
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
