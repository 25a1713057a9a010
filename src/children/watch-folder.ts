import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { watchUsage } from './watch-usage.ts'

const PERIOD_MS = 500

/**
 * Watches the total size of the files in a folder and reports once when it exceeds the limit.
 * @returns a function that stops the watch
 */
export function watchFolder(folder: string, limitBytes: number, onExceeded: () => void): () => void {
  const measure = () => folderBytes(folder)
  return watchUsage({ measure, limit: limitBytes, periodMs: PERIOD_MS }, onExceeded)
}

/** A file that cannot be read has been deleted meanwhile and has size 0. */
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
