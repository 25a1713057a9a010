import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { findRedisServer } from '#stores/embedded-redis.ts'
import type { Certificates } from './certificates.ts'
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
  /** The server accepts only TLS, and only clients with a certificate. */
  tls?: Certificates
  /** The password of the administrator, if there is one. */
  adminPassword?: string
}

/** Starts a server with a configuration file, which Sentinels and Clusters require, and waits until it answers. */
export async function startRedisServer(options: ServerOptions = {}): Promise<RedisServer> {
  const { settings = [], isSentinel = false, program, tls, adminPassword } = options
  const port = await freePort()
  const directory = await mkdtemp(join(tmpdir(), 'thresher-redis-'))
  const file = join(directory, 'server.conf')
  const lines = [`dir ${directory}`, 'save ""', 'loglevel warning', 'bind 127.0.0.1']
  const listening = tls ? tlsSettings(port, tls) : [`port ${port}`]
  await writeFile(file, [...lines, ...listening, ...settings, ''].join('\n'))
  const child = endWithTests(
    spawn(program?.path ?? findRedisServer()!, [file, ...(isSentinel ? ['--sentinel'] : [])], {
      env: { ...process.env, LD_LIBRARY_PATH: program?.libraries ?? process.env.LD_LIBRARY_PATH },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )
  const admin = new Redis({
    ...{ port, host: '127.0.0.1', retryStrategy: () => 50 },
    ...(adminPassword && { password: adminPassword }),
    ...(tls && { tls: clientOf(tls) }),
  })
  admin.on('error', () => {})
  const stop = async () => {
    admin.disconnect()
    await endChild(child, 'SIGKILL')
    await rm(directory, { recursive: true, force: true })
  }
  await Promise.race([admin.ping(), failure(child)]).catch(async error => {
    await stop()
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
    stop,
  }
}

function tlsSettings(port: number, { ca, server }: Certificates): string[] {
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-ca-cert-file ${ca}`,
    `tls-cert-file ${server.cert}`,
    `tls-key-file ${server.key}`,
    'tls-auth-clients yes',
    'tls-replication yes',
  ]
}

function clientOf({ ca, client }: Certificates) {
  return { ca: readFileSync(ca), cert: readFileSync(client.cert), key: readFileSync(client.key) }
}

async function failure(child: ChildProcess): Promise<never> {
  let output = ''
  child.stdout!.setEncoding('utf8').on('data', text => {
    output = (output + text).slice(-2_000)
  })
  await once(child, 'exit')
  throw new Error(`the Redis server ended: ${output}`)
}
