import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const LOOK_MS = 500

/**
 * Watches the total size of the files in a folder and reports once when it is above the limit.
 * @returns a function that ends the watch
 */
export function watchFolder(folder: string, limitBytes: number, onExceeded: () => void): () => void {
  let isWatching = true
  const stop = () => {
    isWatching = false
    clearInterval(timer)
  }
  const timer = setInterval(async () => {
    const bytes = await folderBytes(folder)
    if (!isWatching || bytes <= limitBytes) return
    stop()
    onExceeded()
  }, LOOK_MS)
  timer.unref()
  return stop
}

/** What cannot be looked at is gone already, and counts nothing. */
async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = names.map(name =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
