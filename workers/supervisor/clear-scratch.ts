import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkerRegistry } from '#stores/worker-registry.ts'

/** Deletes the scratch folders of supervisors that no longer run. The name of each folder is the id of its supervisor. */
export async function clearScratch(folder: string, workers: WorkerRegistry): Promise<void> {
  const alive = new Set((await workers.list()).map(({ id }) => id))
  const found = await readdir(folder).catch(() => [])
  for (const name of found.filter(name => !alive.has(name))) {
    await rm(join(folder, name), { recursive: true, force: true })
  }
}
