import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readlink, rm, symlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { harmlessEnvironment } from '#src/config.ts'

export interface EmbeddedRedis {
  /** A socket path, which ioredis takes in place of a redis:// address. */
  url: string
  /** Flushes to disk and ends the server; may be called twice. */
  stop(): Promise<void>
}

/** Enough to load a long append-only file. */
const START_TIMEOUT_MS = 60_000

/** An orphaned server ends within this time; a server that runs longer has a live parent. */
const RELEASE_TIMEOUT_MS = 3_000

/** `scripts/setup` installs a server into the bin folder of the cache on machines that have none. */
const FIND_SERVER = `
  PATH="$PATH:\${THRESHER_CACHE:-\${XDG_CACHE_HOME:-$HOME/.cache}/thresher}/bin"
  command -v redis-server || command -v valkey-server`

/**
 * Runs the server until its standard input closes, which the kernel does even for a parent killed by SIGKILL.
 * `exec` keeps the process id, so the server is the direct child, and the watcher's SIGTERM ends it cleanly.
 */
const RUN_WHILE_PARENT_LIVES = 'exec 3<&0; (read _ <&3; kill $$) & exec "$@" 3<&- 2>&1 </dev/null'

/** The path of a Redis or Valkey server on this machine: in PATH, or installed by setup. */
export function findRedisServer(): string | undefined {
  try {
    return execFileSync('sh', ['-c', FIND_SERVER], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/**
 * Starts a Redis that keeps its append-only data in `directory` and that only this user can reach. It ends with its parent. It has a
 * separate process group, so that Ctrl-C does not end it before running jobs are requeued, and no credentials in its environment.
 * @param options.onExit called with the reason if the server ends by itself; it can then be started again at the same `url`, so that
 * clients reconnect
 * @throws Error if there is no server, if it does not answer, or if another server keeps its data in `directory`
 */
export async function startEmbeddedRedis(options: {
  directory: string
  url?: string
  onExit?: (reason: string) => void
}): Promise<EmbeddedRedis> {
  const server = findRedisServer()
  if (!server) throw new Error('No redis-server or valkey-server found. Run `npm run setup`.')
  await waitUntilFree(options.directory)
  const url = options.url ?? (await makeSocketPath())
  await symlink(url, ownerLink(options.directory))
  const child = spawn('sh', ['-c', RUN_WHILE_PARENT_LIVES, 'sh', server, ...settings(url)], {
    cwd: options.directory,
    detached: true,
    env: harmlessEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let stopping = false
  const ended = reasonOfEnd(child)
  const end = async () => {
    stopping = true
    child.kill('SIGTERM')
    await ended
  }
  const stop = async () => {
    await end()
    await rm(dirname(url), { recursive: true, force: true })
  }
  const failure = await reasonForNoAnswer(url, ended)
  if (failure !== undefined) {
    await (options.url === undefined ? stop() : end())
    throw new Error(`${server} did not start: ${failure}. Run \`npm run setup\` to check it.`)
  }
  ended.then(reason => stopping || options.onExit?.(reason))
  return { url, stop }
}

/** The path of a socket is limited to about 100 characters, too few for a folder that the user chooses. */
async function makeSocketPath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'thresher-')), 'redis.sock')
}

/** A link to the socket of the server that keeps its data here, to detect it: two servers that append to one file would damage it. */
function ownerLink(directory: string): string {
  return join(directory, 'owner')
}

/** Waits for the server of a parent that was just killed to end. @throws Error if it does not */
async function waitUntilFree(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)
  for (const deadline = Date.now() + RELEASE_TIMEOUT_MS; ; await setTimeout(50)) {
    const owner = await readlink(ownerLink(directory)).catch(() => undefined)
    if (owner === undefined) return
    if (!(await accepts(owner))) return rm(ownerLink(directory), { force: true })
    if (Date.now() > deadline) {
      throw new Error(
        `Another Thresher keeps its data in ${directory}: stop it first, or choose another folder with DATA_DIR, or --data-dir of thresher up.`,
      )
    }
  }
}

async function accepts(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Waits for the first answer. @returns why there was none; undefined if there was one */
async function reasonForNoAnswer(url: string, ended: Promise<string>): Promise<string | undefined> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
  client.on('error', () => {}) // Until the server listens, every attempt to connect is an error.
  const answered = new AbortController()
  try {
    return await Promise.race([
      client.ping().then(() => undefined),
      ended,
      setTimeout(START_TIMEOUT_MS, 'it did not answer', { signal: answered.signal }),
    ])
  } finally {
    answered.abort()
    client.disconnect()
  }
}

/** Resolves when the server has ended, with the signal that killed it or the last line of its output. */
async function reasonOfEnd(child: ChildProcess): Promise<string> {
  let output = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-2_000)
  })
  const [code, signal] = await once(child, 'close')
  return signal ?? (output.trim().split('\n').at(-1) || `exit code ${code}`)
}

function settings(socket: string): string[] {
  const values = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    loglevel: 'warning',
  }
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
}
