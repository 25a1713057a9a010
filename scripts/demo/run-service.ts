import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** `npm start` and the commands that call this compile it, in `scripts/setup.mjs`. */
const START = new URL('../../dist/scripts/start.js', import.meta.url)

export interface RunningService {
  url: string
  stop(): Promise<void>
}

/** Starts the service as `npm start` does, on a free port and with its own data directory, and waits until it is ready. */
export async function runService(dataDir: string): Promise<RunningService> {
  const port = await freePort()
  const child = fork(START, {
    execArgv: [],
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await isReady(url))) {
    if (child.exitCode !== null)
      throw new Error(`The service ended with code ${child.exitCode} before it was ready.`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined)
  return answer?.ok ?? false
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
