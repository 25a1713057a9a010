import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * The interpreter of a private environment that holds exactly these requirements (`numpy==2.4.6`), made on first use and
 * kept in the cache. @throws Error with pip's words when they cannot be installed
 */
export async function pythonWith(requirements: readonly string[]): Promise<string> {
  const cache =
    process.env.THRESHER_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'thresher')
  const digest = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 16)
  const folder = join(cache, `python-${digest}`)
  const python = join(folder, 'bin', 'python')
  const done = join(folder, 'complete')
  if (await exists(done)) return python
  await rm(folder, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', folder])
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements])
  await rename(await mkdtemp(`${done}-`), done)
  return python
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
