import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { usageError } from './failure.ts'

/** What `thresher login` stores: one service and the key for it. */
export interface StoredConnection {
  url?: string
  key?: string
}

/** Follows the XDG base directory specification. */
export function configPath(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'thresher', 'config.json')
}

export async function readConfig(): Promise<StoredConnection> {
  const path = configPath()
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  try {
    return JSON.parse(text)
  } catch {
    throw usageError(`${path} is not valid JSON.`, 'Delete it, then run `thresher login` again.')
  }
}

/** Only this user can read the file, since it contains a key. */
export async function writeConfig(stored: StoredConnection): Promise<void> {
  const path = configPath()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await rm(path, { force: true })
  await writeFile(path, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
}
