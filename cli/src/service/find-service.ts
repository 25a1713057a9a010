import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

const NAME = '@thresher/service'

/** The service on this machine: a checkout of the repository, or the package `@thresher/service`. */
export interface InstalledService {
  folder: string
  /** Whether npm still has to install its packages, and setup to build the dashboard. */
  isCheckout: boolean
  /** Where it keeps its data by default. */
  dataDir: string
}

/** Searches the folders above this program, then those above the current folder. */
export function findService(): InstalledService | undefined {
  for (const start of [import.meta.dirname, process.cwd()])
    for (const folder of upwards(start)) {
      const found = [folder, join(folder, 'node_modules', NAME)].find(isService)
      if (found) return describe(found)
    }
  return undefined
}

function describe(folder: string): InstalledService {
  // npm leaves the lock file out of packages.
  const isCheckout = existsSync(join(folder, 'package-lock.json'))
  // Packages are deleted and replaced by an update: data do not belong there.
  const data = process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share')
  return { folder, isCheckout, dataDir: isCheckout ? join(folder, '.thresher') : join(data, 'thresher') }
}

function isService(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === NAME
  } catch {
    return false
  }
}

function* upwards(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder
    if (folder === dirname(folder)) return
  }
}
