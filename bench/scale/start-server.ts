import { spawn } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import type { Stores } from '#stores/connect.ts'
import { endChild, endWithTests } from '#test/support/end-with-tests.ts'
import { freePort, ready } from '#test/support/start-service.ts'

/** A server in a process of its own. */
export interface Server {
  pid: number
  port: number
  stop(): Promise<unknown>
}

const UNLIMITED = '1000000000'
const BEAT_MS = 5_000

/** The environment of an api with keys, whose rate limits count and never refuse. */
export function apiEnvironment(redisUrl: string, folder: string): Record<string, string> {
  return {
    REDIS_URL: redisUrl,
    ARTIFACT_URL: pathToFileURL(`${folder}/blobs`).href,
    DATA_DIR: folder,
    LOG_LEVEL: 'warn',
    ADMIN_KEY: 'the-admin-key-of-a-measurement',
    RATE_LIMIT_REQUESTS_PER_MINUTE: UNLIMITED,
    RATE_LIMIT_READS_PER_MINUTE: UNLIMITED,
    RATE_LIMIT_SUBMISSIONS_PER_MINUTE: UNLIMITED,
    SOCKETS_PER_KEY: UNLIMITED,
  }
}

/**
 * Starts a program of the project on a free port, which it reads from PORT.
 * @param path answers when the server is ready
 * @param nodeOptions such as `--cpu-prof`
 */
export async function startServer(
  [entry = '', ...args]: string[],
  environment: Record<string, string> = {},
  { path = '/readyz', nodeOptions = [] as string[] } = {},
): Promise<Server> {
  const port = await freePort()
  const child = endWithTests(
    spawn(process.execPath, [...nodeOptions, '--import', 'tsx', entry, ...args], {
      env: { ...process.env, ...environment, PORT: String(port) },
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  )
  await ready(`http://127.0.0.1:${port}`, child, path)
  return { pid: child.pid!, port, stop: () => endChild(child) }
}

/**
 * Registers a worker that never takes a job, so that the window of released jobs is full after the first. It is the worker of the jobs that
 * `startNewJob` begins: without it, the api would take them for lost.
 * @returns ends it
 */
export async function registerIdleWorker({ workers }: Pick<Stores, 'workers'>): Promise<() => void> {
  const worker = {
    ...{
      id: 'worker_test',
      host: 'here',
      pid: process.pid,
      engine: 'native',
      engineVersion: '1',
    },
    ...{ device: 'cpu', threads: 1, memoryBytes: 64e9, startedAt: new Date().toISOString() },
  }
  await workers.beat(worker)
  const beating = setInterval(() => void workers.beat(worker), BEAT_MS)
  return () => clearInterval(beating)
}
