import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill()
})
process.on('SIGTERM', () => process.exit(143))

/**
 * Ends a child with this process, and lets this process end while it runs: one that a failed test left behind would hold
 * the run's output open, and the run would never end.
 */
export function endWithTests<Child extends ChildProcess>(child: Child): Child {
  children.add(child)
  child.unref()
  return child
}

/** Sends `signal` and waits. @returns the exit code, null for a child that a signal killed */
export async function endChild(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | null> {
  child.ref()
  child.kill(signal)
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
