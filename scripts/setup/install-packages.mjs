import { readFile } from 'node:fs/promises'
import { showProgress } from './progress.mjs'
import { projectDirectory } from './project-directory.mjs'
import { runCommand } from './run-command.mjs'

/** Installs the npm packages of package-lock.json unless all are installed. */
export async function installPackages() {
  const wanted = await readPackages('package-lock.json')
  if (isInstalled(wanted, await readPackages('node_modules/.package-lock.json')))
    return 'Packages: up to date.'
  // With NODE_ENV=production npm would not install the test tools.
  const installation = runCommand('npm', ['ci', '--include=dev'], { cwd: projectDirectory })
  await showProgress('Installing npm packages', installation).catch(error => {
    throw Object.assign(
      new Error('npm could not install the packages: see the output above, then run `npm ci`.'),
      error,
    )
  })
  return 'Packages: installed.'
}

/** npm writes a lockfile of the installed packages; packages for other platforms are optional and absent from it. */
function isInstalled(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    const found = installed[path]
    return path === '' || (found ? found.version === version : optional)
  })
}

async function readPackages(lockfile) {
  try {
    return JSON.parse(await readFile(`${projectDirectory}/${lockfile}`, 'utf8')).packages
  } catch {
    return {}
  }
}
