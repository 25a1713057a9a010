import { Worker } from 'node:worker_threads'
import { parentId } from '#src/config.ts'

const PERIOD_MS = 1_000

/**
 * Ends this process when its parent has ended. A separate thread checks this, because a main thread that is busy with a file does not
 * notice that the channel to its parent was closed.
 */
export function endWhenOrphaned(): void {
  const watch = `setInterval(() => {
    if (process.ppid !== ${parentId()}) process.kill(process.pid, 'SIGKILL')
  }, ${PERIOD_MS})`
  new Worker(watch, { eval: true, execArgv: [] }).unref()
}
