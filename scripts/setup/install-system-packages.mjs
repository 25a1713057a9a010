import { showProgress } from './progress.mjs'
import { runCommand, works } from './run-command.mjs'

/** Installs Debian packages if this is possible without a prompt: as root, with apt-get. Resolves with whether it succeeded. */
export async function installSystemPackages(names) {
  if (process.getuid?.() !== 0 || !(await works('apt-get', ['--version']))) return false
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const installation = runCommand('apt-get', ['update'], options).then(() =>
    runCommand('apt-get', ['install', '--yes', '--no-install-recommends', ...names], options),
  )
  return showProgress(`Installing ${names.join(' and ')} with apt-get`, installation).then(
    () => true,
    () => false,
  )
}
