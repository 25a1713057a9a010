import { LimitExceeded, type Resource, type TaskLimits } from './limit-exceeded.ts'
import { watchFolder } from './watch-folder.ts'
import { watchMemory } from './watch-memory.ts'

/**
 * Watches what a process uses while it does a task.
 * @param folder where it writes
 * @param signal ends the watch
 * @returns a promise that rejects with the limit that is exceeded first
 */
export function watchLimits(
  pid: number,
  limits: TaskLimits,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<never> {
  return new Promise((_, reject) => {
    const exceed = (resource: Exclude<Resource, 'heapBytes'>) => () =>
      reject(new LimitExceeded(resource, limits[resource]))
    const timer = setTimeout(exceed('seconds'), limits.seconds * 1000)
    const stopMemory = watchMemory(pid, limits.residentBytes, exceed('residentBytes'))
    const stopFolder = folder ? watchFolder(folder, limits.folderBytes, exceed('folderBytes')) : () => {}
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      stopMemory()
      stopFolder()
    })
  })
}
