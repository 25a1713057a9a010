import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { type EmbeddedRedis, startEmbeddedRedis } from '#stores/embedded-redis.ts'

let directory: string
let running: EmbeddedRedis | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thresher-test-'))
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  await rm(directory, { recursive: true, force: true })
})

test('written data exists after a restart', async () => {
  running = await startEmbeddedRedis({ directory })
  await withClient(running.url, client => client.set('job', 'queued'))
  await running.stop()
  running = await startEmbeddedRedis({ directory })
  assert.equal(await withClient(running.url, client => client.get('job')), 'queued')
})

test('it ends when its parent is killed by SIGKILL, and the next server finds the data', async () => {
  const { parent, url } = await startInChild(directory)
  await withClient(url, client => client.set('job', 'queued'))
  const socket = connect(url)
  await once(socket, 'connect')
  parent.kill('SIGKILL')
  await once(socket.resume(), 'close') // The server itself closes it, and only when it ends.
  running = await startEmbeddedRedis({ directory })
  assert.equal(await withClient(running.url, client => client.get('job')), 'queued')
})

test('a directory has one server at a time', async () => {
  running = await startEmbeddedRedis({ directory })
  await assert.rejects(startEmbeddedRedis({ directory }), /Another Thresher keeps its data in/)
  assert.equal(await withClient(running.url, client => client.ping()), 'PONG')
})

test('its owner is notified when it ends by itself, and can restart it at the same address with its data', async () => {
  let tell: (reason: string) => void
  const ended = new Promise<string>(resolve => {
    tell = resolve
  })
  running = await startEmbeddedRedis({ directory, onExit: reason => tell(reason) })
  const { url } = running
  process.kill(await pidOf(url), 'SIGKILL')
  assert.equal(await ended, 'SIGKILL')
  running = await startEmbeddedRedis({ directory, url })
  assert.equal(running.url, url)
  assert.equal(await withClient(url, client => client.ping()), 'PONG')
})

test('its environment contains no secrets', async () => {
  process.env.ADMIN_KEY = 'a-secret-of-the-service'
  running = await startEmbeddedRedis({ directory })
  delete process.env.ADMIN_KEY
  // The server writes over its own environment; the watcher beside it has the same one.
  const group = execFileSync('pgrep', ['-g', String(await pidOf(running.url))], { encoding: 'utf8' })
  const pids = group.trim().split('\n')
  const environments = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/environ`, 'utf8')))
  const environment = environments.join()
  assert.match(environment, /PATH=/)
  assert.doesNotMatch(environment, /a-secret-of-the-service/)
})

async function pidOf(url: string): Promise<number> {
  const info = await withClient(url, client => client.info('server'))
  return Number(/process_id:(\d+)/.exec(info)![1])
}

async function withClient<Result>(url: string, use: (client: Redis) => Promise<Result>): Promise<Result> {
  const client = new Redis(url, { retryStrategy: () => null })
  try {
    return await use(client)
  } finally {
    client.disconnect()
  }
}

/** A process that only owns a server, to be killed. */
async function startInChild(folder: string): Promise<{ parent: ChildProcess; url: string }> {
  const parent = fork(fileURLToPath(import.meta.resolve('#test/support/own-redis.ts')), [folder])
  const [url] = await once(parent, 'message')
  return { parent, url }
}
