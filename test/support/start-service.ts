import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endChild, endWithTests } from './end-with-tests.ts'
import { programArguments } from './program-arguments.ts'

export interface Service {
  url: string
  dataDir: string
  pid: number
  /** SIGTERM, then the exit code of the whole. */
  stop(): Promise<number | null>
  /** SIGKILL to the process that started all others. */
  kill(): Promise<void>
}

/** `npm start` as a user has it: the real processes on a free port, ready when /readyz says so. */
export async function startService(
  dataDir?: string,
  environment: Record<string, string> = {},
): Promise<Service> {
  const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'thresher-acceptance-')))
  const port = await freePort()
  const child = endWithTests(
    spawn(process.execPath, programArguments('scripts/start.ts'), {
      env: { ...process.env, ...environment, PORT: String(port), DATA_DIR: directory, LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  )
  const url = `http://127.0.0.1:${port}`
  await ready(url, child)
  return {
    url,
    dataDir: directory,
    pid: child.pid!,
    async stop() {
      const code = await endChild(child)
      if (!dataDir) await rm(directory, { recursive: true, force: true })
      return code
    },
    async kill() {
      await endChild(child, 'SIGKILL')
    },
  }
}

export async function ready(url: string, child: ChildProcess, path = '/readyz'): Promise<void> {
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`the service ended with code ${child.exitCode} before it was ready`)
    const answer = await fetch(url + path).catch(() => undefined)
    if (answer?.ok) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
