import { Worker } from 'node:worker_threads'

const LOOK_MS = 1_000
/** The variable that tells a child the id of its parent: the parent may be gone before the child can ask. */
export const PARENT_VARIABLE = 'THRESHER_PARENT'

/**
 * Ends this process when its parent is gone, from a thread of its own: a main thread that a file keeps busy would never learn that the
 * channel to its parent was closed.
 */
export function endWhenOrphaned(): void {
  const watch = `setInterval(() => {
    if (process.ppid !== Number(process.env.${PARENT_VARIABLE})) process.kill(process.pid, 'SIGKILL')
  }, ${LOOK_MS})`
  new Worker(watch, { eval: true, execArgv: [] }).unref()
}
