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
  /** Flushes to disk and ends; safe to call twice. */
  stop(): Promise<void>
}

/** Loading a long append-only file takes its time; a server that hangs longer than this never comes. */
const startTimeoutMs = 60_000

/** An orphaned server writes its last and ends; one that stays longer has an owner. */
const releaseTimeoutMs = 3_000

/** `scripts/setup` puts a server into the cache's bin folder on machines that have none of their own. */
const searchCommand = `
  PATH="$PATH:\${THRESHER_CACHE:-\${XDG_CACHE_HOME:-$HOME/.cache}/thresher}/bin"
  command -v redis-server || command -v valkey-server`

/**
 * Runs the server until its standard input closes, which the kernel does for a parent killed by -9 as well.
 * `exec` keeps the process id, so the server is the direct child, and the watcher's SIGTERM ends it cleanly.
 */
const runWhileParentLives = 'exec 3<&0; (read _ <&3; kill $$) & exec "$@" 3<&- 2>&1 </dev/null'

/** The path of a Redis or Valkey server on this machine, from PATH or from what setup fetched. */
function findRedisServer(): string | undefined {
  try {
    return execFileSync('sh', ['-c', searchCommand], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/**
 * Starts a Redis whose append-only data stays in `directory` and which only this user can reach.
 * It has a process group and no secrets of its own: Ctrl-C does not take it before jobs are requeued. It ends with its parent.
 * `onExit` is told why when it ends by itself; then it can be started again at the same `url`, so that clients reconnect.
 * Throws when there is no server, it does not answer, or another keeps its data there.
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
  const child = spawn('sh', ['-c', runWhileParentLives, 'sh', server, ...settings(url)], {
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
  const failure = await failureToAnswer(url, ended)
  if (failure !== undefined) {
    await (options.url === undefined ? stop() : end())
    throw new Error(`${server} did not start: ${failure}. Run \`npm run setup\` to have it looked at.`)
  }
  ended.then(reason => stopping || options.onExit?.(reason))
  return { url, stop }
}

/** A socket's path may have 100 characters or so: too few for a folder of the user's choosing. */
async function makeSocketPath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'thresher-')), 'redis.sock')
}

/** Names the socket of the server that keeps its data here: two that append to one file would ruin it. */
function ownerLink(directory: string): string {
  return join(directory, 'owner')
}

/** Gives the server of a parent that was just killed a moment to end. */
async function waitUntilFree(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)
  for (const deadline = Date.now() + releaseTimeoutMs; ; await setTimeout(50)) {
    const owner = await readlink(ownerLink(directory)).catch(() => undefined)
    if (owner === undefined) return
    if (!(await accepts(owner))) return rm(ownerLink(directory), { force: true })
    if (Date.now() > deadline) {
      throw new Error(`Another Thresher keeps its data in ${directory}: stop it first, or set DATA_DIR.`)
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

/** Waits for the first answer; resolves with undefined when it came. */
async function failureToAnswer(url: string, ended: Promise<string>): Promise<string | undefined> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
  client.on('error', () => {}) // Until the server listens, every try is an error.
  const answered = new AbortController()
  try {
    return await Promise.race([
      client.ping().then(() => undefined),
      ended,
      setTimeout(startTimeoutMs, 'it did not answer', { signal: answered.signal }),
    ])
  } finally {
    answered.abort()
    client.disconnect()
  }
}

/** Resolves when the server has ended: with the signal that killed it, or the last line of its output. */
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
