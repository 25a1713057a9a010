import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, constants, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { InstalledService } from '../service/find-service.ts'
import { bytes } from '../terminal/figures.ts'
import { type Check, failed, info, ok } from './check.ts'

const run = promisify(execFile)
const OLDEST_NODE: [number, number] = [20, 19]
const LEAST_FREE_BYTES = 2e9

export function checkNode(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldest, oldestMinor] = OLDEST_NODE
  return major > oldest || (major === oldest && minor >= oldestMinor)
    ? ok('node', version)
    : failed('node', `${version} is too old`, `install Node ${OLDEST_NODE.join('.')} or newer`)
}

/** What `thresher up` needs: an installed service, Redis, an engine, space for its data. */
export async function checkMachine(service: InstalledService | undefined): Promise<Check[]> {
  if (!service)
    return [
      info(
        'local',
        'no service is installed on this machine',
        'to run one here, install @thresher/service, or clone the repository',
      ),
    ]
  const { folder, isCheckout } = service
  const setup = (step: string) => `node ${folder}/scripts/setup.mjs ${step}`
  return [
    ok('local', `${isCheckout ? 'checkout' : 'package'} in ${folder}`),
    await checkRedis(setup('redis')),
    await checkEngine(folder, setup('engine')),
    await checkDisk(service.dataDir),
  ]
}

/** The same search as that of the service. */
const FIND_SERVER = `
  PATH="$PATH:\${THRESHER_CACHE:-\${XDG_CACHE_HOME:-$HOME/.cache}/thresher}/bin"
  command -v redis-server || command -v valkey-server`

async function checkRedis(remedy: string): Promise<Check> {
  if (process.env.REDIS_URL) return ok('redis', 'the one that REDIS_URL names')
  return await run('sh', ['-c', FIND_SERVER]).then(
    ({ stdout }) => ok('redis', stdout.trim()),
    () => failed('redis', 'no redis-server or valkey-server was found', remedy),
  )
}

/** Opens the native engine, as setup does to choose one. */
async function checkEngine(folder: string, remedy: string): Promise<Check> {
  const script = pathToFileURL(join(folder, 'scripts', 'setup', 'try-native-engine.mjs')).href
  try {
    const { tryNativeEngine } = await import(script)
    const { version, device } = await tryNativeEngine()
    return ok('engine', `native: ${version} on ${device}`)
  } catch (error) {
    const detail = `wasm, which is slower than native: ${(error as Error).message}`
    const compiler = (await hasCompiler()) ? '' : 'install a C++ compiler (sudo apt-get install g++), then '
    return info('engine', detail, compiler + remedy)
  }
}

async function hasCompiler(): Promise<boolean> {
  const found = await Promise.allSettled(
    [process.env.CXX ?? 'g++', 'c++', 'clang++'].map(compiler => run(compiler, ['--version'])),
  )
  return found.some(({ status }) => status === 'fulfilled')
}

async function checkDisk(dataDir: string): Promise<Check> {
  const remedy = 'choose another folder with `thresher up --data-dir`'
  // The service makes the folder when it starts.
  let folder = dataDir
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    await access(folder, constants.W_OK)
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    return free < LEAST_FREE_BYTES
      ? failed('disk', `${dataDir} has only ${bytes(free)} left`, remedy)
      : ok('disk', `${dataDir}, ${bytes(free)} free`)
  } catch (error) {
    return failed('disk', `${dataDir} cannot be written: ${(error as Error).message}`, remedy)
  }
}
