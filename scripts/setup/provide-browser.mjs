import { installSystemPackages } from './install-system-packages.mjs'
import { runCommand } from './run-command.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Finds the Chromium that tests of the dashboard drive, or installs it. CHROMIUM names another one. */
export async function provideBrowser(env) {
  const browser =
    env.CHROMIUM ||
    (await findBrowser(env)) ||
    ((await installSystemPackages(['chromium', 'fonts-liberation'])) && (await findBrowser(env)))
  if (browser) return `Browser: ${browser}`
  throw new Error('there is no Chromium for the tests of the dashboard: run `sudo apt-get install chromium`.')
}

async function findBrowser(env) {
  const search = names.map(name => `command -v ${name}`).join(' || ')
  return runCommand('sh', ['-c', search], { env }).then(
    path => path.trim(),
    () => undefined,
  )
}
