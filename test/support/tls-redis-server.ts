import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import { cacheFolder } from '#scripts/cache-folder.ts'
import { installOnce } from '#scripts/install-once.ts'
import { findRedisServer } from '#stores/embedded-redis.ts'
import type { Certificates } from './certificates.ts'
import { type Program, type RedisServer, type ServerOptions, startRedisServer } from './redis-server.ts'

const run = promisify(execFile)

/** Debian's server is built with TLS, that of Valkey's wheel is not. */
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1']

/**
 * Starts a server that accepts only TLS, and only clients with a certificate. If no server of this machine speaks TLS itself, the
 * test's process terminates TLS in front of it.
 */
export async function startTlsRedis(tls: Certificates, options: ServerOptions = {}): Promise<RedisServer> {
  const program = await findTlsProgram(tls)
  return program
    ? await startRedisServer({ ...options, program, tls })
    : await startBehindTls(tls, await startRedisServer(options))
}

/** A program that speaks TLS itself: the server of this machine, or Debian's. Undefined where there is none. */
export async function findTlsProgram(tls: Certificates): Promise<Program | undefined> {
  for (const candidate of [async () => ({ path: findRedisServer()! }), fetchDebianServer]) {
    try {
      const program = await candidate()
      await (await startRedisServer({ program, tls })).stop()
      return program
    } catch {}
  }
  return undefined
}

async function startBehindTls(
  { ca, server: { cert, key } }: Certificates,
  redis: RedisServer,
): Promise<RedisServer> {
  const trust = { ca: readFileSync(ca), requestCert: true, rejectUnauthorized: true }
  const front = createServer({ cert: readFileSync(cert), key: readFileSync(key), ...trust }, socket => {
    const behind = connect(redis.port, '127.0.0.1')
    for (const [from, to] of [[socket, behind] as const, [behind, socket] as const])
      from.on('error', () => to.destroy()).pipe(to)
  })
  front.on('tlsClientError', () => {})
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    ...redis,
    port: (front.address() as AddressInfo).port,
    async stop() {
      front.close()
      await redis.stop()
    },
  }
}

/** Downloads the packages with Debian's own client, once, without installing them. @throws Error where that is not possible */
async function fetchDebianServer(): Promise<Program> {
  const home = join(cacheFolder(), 'debian-redis')
  await installOnce(home, async folder => {
    const files = join(folder, 'files')
    await mkdir(files)
    await run('apt-get', ['download', ...PACKAGES], { cwd: folder })
    for (const name of (await readdir(folder)).filter(name => name.endsWith('.deb')))
      await run('dpkg-deb', ['--extract', name, files], { cwd: folder })
    return files
  })
  const [libraries] = (await readdir(join(home, 'usr/lib'))).filter(name => name.endsWith('-linux-gnu'))
  return { path: join(home, 'usr/bin/redis-server'), libraries: join(home, 'usr/lib', libraries!) }
}
