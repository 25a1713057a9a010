import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis, type RedisOptions } from 'ioredis'
import { findRedisServer } from '#stores/embedded-redis.ts'
import { endChild, endWithTests } from './end-with-tests.ts'
import { freePort } from './start-service.ts'

/** A Redis server, a Sentinel or a node of a Cluster on a port of this machine. */
export interface RedisServer {
  port: number
  /** A connection of the administrator. */
  admin: Redis
  /** SIGKILL, as if its machine had lost power. */
  kill(): Promise<void>
  /** SIGSTOP: connections remain open and nothing answers, as if its machine had lost the network. */
  freeze(): void
  /** Ends the server and deletes its data. */
  stop(): Promise<void>
}

export interface Program {
  path: string
  /** A folder of its shared libraries, if it does not use those of the system. */
  libraries?: string
}

export interface ServerOptions {
  /** Lines of the configuration file. */
  settings?: readonly string[]
  isSentinel?: boolean
  /** The program, if not the one that setup has found or installed. */
  program?: Program
  port?: number
  /** How the administrator connects, if not without TLS and password. */
  admin?: Omit<RedisOptions, 'replyMapping'>
}

/** Starts a server with a configuration file, which Sentinels and Clusters require, and waits until it answers. */
export async function startRedisServer(options: ServerOptions = {}): Promise<RedisServer> {
  const { settings = [], isSentinel = false, program, port = await freePort() } = options
  const directory = await mkdtemp(join(tmpdir(), 'thresher-redis-'))
  const file = join(directory, 'server.conf')
  const lines = [`dir ${directory}`, 'save ""', 'loglevel warning', 'bind 127.0.0.1']
  const listening = settings.some(line => line.startsWith('tls-port')) ? 'port 0' : `port ${port}`
  await writeFile(file, [...lines, listening, ...settings, ''].join('\n'))
  const child = endWithTests(
    spawn(program?.path ?? findRedisServer()!, [file, ...(isSentinel ? ['--sentinel'] : [])], {
      env: { ...process.env, LD_LIBRARY_PATH: program?.libraries ?? process.env.LD_LIBRARY_PATH },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )
  const admin = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, ...options.admin })
  admin.on('error', () => {})
  await Promise.race([admin.ping(), failure(child)]).catch(async error => {
    admin.disconnect()
    await rm(directory, { recursive: true, force: true })
    throw error
  })
  return {
    port,
    admin,
    async kill() {
      admin.disconnect()
      await endChild(child, 'SIGKILL')
    },
    freeze() {
      child.kill('SIGSTOP')
    },
    async stop() {
      admin.disconnect()
      await endChild(child, 'SIGKILL')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function failure(child: ChildProcess): Promise<never> {
  let output = ''
  child.stdout!.setEncoding('utf8').on('data', text => {
    output = (output + text).slice(-2_000)
  })
  await once(child, 'exit')
  throw new Error(`the Redis server ended: ${output}`)
}
