import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'

/**
 * Installs a folder unless it exists. The folder is created beside its final path and then renamed, so that neither an interrupted nor a
 * concurrent installation is ever used.
 * @param install receives an empty folder to work in. @returns the folder to keep: this one, or one within it
 */
export async function installOnce(
  path: string,
  install: (workDir: string) => Promise<string>,
): Promise<void> {
  if (existsSync(path)) return
  const workDir = `${path}.${randomUUID()}`
  try {
    await mkdir(workDir, { recursive: true })
    await rename(await install(workDir), path).catch(error => {
      if (!existsSync(path)) throw error
    })
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
}
