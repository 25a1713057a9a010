import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './cache-folder.ts'

const run = promisify(execFile)

/**
 * The path of a Python that has the given requirements (`numpy==2.2.6`), for tests and benches that hold our work against the
 * programs of others. The first call installs into the user's cache folder; later ones find it there.
 *
 * @throws when Python 3 or the package index is missing: such a test cannot say anything without them
 */
export async function pythonWith(requirements: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(requirements.toSorted().join('\n')).digest('hex').slice(0, 16)
  const home = join(cacheFolder(), `python-${hash}`)
  if (!existsSync(home)) await install(requirements, home)
  return join(home, 'bin', 'python')
}

// Built aside and renamed, so that neither an interrupted installation nor one running beside this is ever used.
async function install(requirements: readonly string[], home: string): Promise<void> {
  const unfinished = `${home}.${randomUUID()}`
  const python = join(unfinished, 'bin', 'python')
  try {
    await mkdir(unfinished, { recursive: true })
    await run('python3', ['-m', 'venv', unfinished])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements])
    await rename(unfinished, home).catch(error => {
      if (!existsSync(home)) throw error
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    throw new Error(
      `cannot install ${requirements.join(' ')} (Python 3 with venv and pip is needed): ${reason}`,
      {
        cause,
      },
    )
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}
