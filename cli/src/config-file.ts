import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { usageError } from './failure.ts'
import { systemMessage } from './system-error.ts'

/** What `thresher login` stores: one service and the key for it. */
export interface StoredConnection {
  url?: string
  key?: string
}

/** Follows the XDG base directory specification. */
export function configPath(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'thresher', 'config.json')
}

/** @throws Failure if the file cannot be read or is damaged */
export async function readConfig(): Promise<StoredConnection> {
  const path = configPath()
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw usageError(`${path} cannot be read: ${systemMessage(error)}`)
  })
  const stored = parse(text)
  if (stored) return stored
  throw usageError(
    `${path} is damaged.`,
    '`thresher logout` deletes it. It is not read if THRESHER_URL and THRESHER_KEY are set.',
  )
}

function parse(text: string): StoredConnection | undefined {
  try {
    const { url, key } = JSON.parse(text)
    const isOptional = (value: unknown) => value === undefined || typeof value === 'string'
    return isOptional(key) && (url === undefined || URL.canParse(url))
      ? { ...(url && { url }), ...(key && { key }) }
      : undefined
  } catch {
    return undefined
  }
}

/** Only this user can read the file, since it contains a key. */
export async function writeConfig(stored: StoredConnection): Promise<void> {
  const path = configPath()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await rm(path, { force: true })
  await writeFile(path, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
}
