import { Worker } from 'node:worker_threads'

const PERIOD_MS = 1_000
/** The environment variable with the id of a child's parent; the parent may have ended before the child could query it. */
export const PARENT_VARIABLE = 'THRESHER_PARENT'

/**
 * Ends this process when its parent has ended. A separate thread checks this, because a main thread that is busy with a file does not
 * notice that the channel to its parent was closed.
 */
export function endWhenOrphaned(): void {
  const watch = `setInterval(() => {
    if (process.ppid !== Number(process.env.${PARENT_VARIABLE})) process.kill(process.pid, 'SIGKILL')
  }, ${PERIOD_MS})`
  new Worker(watch, { eval: true, execArgv: [] }).unref()
}
