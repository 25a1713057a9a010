import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { AuthenticationError, type Thresher } from '@thresher/client'
import { Failure } from '../failure.ts'
import type { InstalledService } from './find-service.ts'
import { logLine } from './log-line.ts'

const PERIOD_MS = 100

export interface ServiceOptions {
  port: number
  dataDir: string
}

/** The processes of a service, which this process started. */
export class RunningService {
  readonly #child: ChildProcess
  readonly #ended: Promise<number>

  constructor(
    { folder }: InstalledService,
    { port, dataDir }: ServiceOptions,
    onLog: (line: string) => void,
  ) {
    const env = {
      ...process.env,
      PORT: String(port),
      DATA_DIR: dataDir,
      LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
      // It ends with this process, also if that is killed.
      THRESHER_PARENT: String(process.pid),
    }
    this.#child = spawn(process.execPath, [join('dist', 'scripts', 'start.js')], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C reaches this process only, which ends the service once and in order.
      detached: true,
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) void forward(stream, onLog)
    this.#ended = once(this.#child, 'exit').then(([code]) => code ?? 1)
  }

  /** Resolves once the service accepts jobs and has a worker for them. @throws Failure if it ends before that */
  async ready(thresher: Thresher): Promise<void> {
    while (!(await isReady(thresher))) {
      const code = await Promise.race([this.#ended, pause(PERIOD_MS)])
      if (code !== undefined) throw new Failure('The service did not start: see above.')
    }
  }

  /** Ends the api and the worker, then Redis, so that running jobs are requeued. */
  stop(): void {
    this.#child.kill('SIGTERM')
  }

  /** @returns the exit code */
  ended(): Promise<number> {
    return this.#ended
  }
}

async function isReady(thresher: Thresher): Promise<boolean> {
  try {
    await thresher.health.ready({ retries: 0 })
    const { data: workers } = await thresher.workers.list({ retries: 0 })
    return workers.length > 0
  } catch (error) {
    // A service with keys does not show its workers to everyone.
    return error instanceof AuthenticationError
  }
}

async function forward(stream: Readable, onLog: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) onLog(logLine(line))
}
