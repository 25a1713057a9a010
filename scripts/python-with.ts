import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './cache-folder.ts'
import { installOnce } from './install-once.ts'

const run = promisify(execFile)

/**
 * The path of a Python with the given requirements (`numpy==2.2.6`), for tests and benches that compare Thresher with other programs.
 * The first call installs it into the user's cache folder; later calls find it there.
 *
 * @throws Error if Python 3 or the package index is not available
 */
export async function pythonWith(requirements: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(requirements.toSorted().join('\n')).digest('hex').slice(0, 16)
  const home = join(cacheFolder(), `python-${hash}`)
  await installOnce(home, folder => install(requirements, folder))
  return join(home, 'bin', 'python')
}

async function install(requirements: readonly string[], folder: string): Promise<string> {
  const python = join(folder, 'bin', 'python')
  try {
    await run('python3', ['-m', 'venv', folder])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements])
    return folder
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    const message = `cannot install ${requirements.join(' ')} (requires Python 3 with venv and pip): ${reason}`
    throw new Error(message, { cause })
  }
}
