import { LimitExceeded, type Resource, type TaskLimits } from './limit-exceeded.ts'
import { watchFolder } from './watch-folder.ts'
import { watchMemory } from './watch-memory.ts'
import { watchProcessorTime } from './watch-processor-time.ts'

/**
 * Watches the resources that a process uses during a task.
 * @param folder that it writes to
 * @param signal ends the watch
 * @returns a promise that rejects with the first limit that is exceeded
 */
export function watchLimits(
  pid: number,
  limits: TaskLimits,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<never> {
  return new Promise((_, reject) => {
    const exceed = (resource: Resource, limit: number) => () => reject(new LimitExceeded(resource, limit))
    const { seconds, processorSeconds, residentBytes, folderBytes } = limits
    const timer = setTimeout(exceed('seconds', seconds), seconds * 1000)
    const watches = [watchMemory(pid, residentBytes, exceed('residentBytes', residentBytes))]
    if (processorSeconds !== undefined)
      watches.push(watchProcessorTime(pid, processorSeconds, exceed('processorSeconds', processorSeconds)))
    if (folder) watches.push(watchFolder(folder, folderBytes, exceed('folderBytes', folderBytes)))
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      for (const stop of watches) stop()
    })
  })
}
