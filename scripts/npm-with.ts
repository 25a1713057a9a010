import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './cache-folder.ts'
import { installOnce } from './install-once.ts'

const run = promisify(execFile)

/**
 * A function that finds the files of npm packages (`onnxruntime-web@1.30.0`) that only benches use, too large to be dependencies. The
 * first call installs them into the user's cache folder without running their scripts; later calls find them there.
 */
export async function npmWith(packages: readonly string[]): Promise<NodeJS.Require> {
  const hash = createHash('sha256').update(packages.toSorted().join('\n')).digest('hex').slice(0, 16)
  const home = join(cacheFolder(), `npm-${hash}`)
  await installOnce(home, async folder => {
    await run('npm', [
      'install',
      '--prefix',
      folder,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      ...packages,
    ])
    return folder
  })
  return createRequire(join(home, 'package.json'))
}
