import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Stores } from '#stores/connect.ts'
import { endChild, endWithTests } from './end-with-tests.ts'
import { programArguments } from './program-arguments.ts'

export interface SupervisorProcess {
  id: string
  pid: number
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
  /** The runners that have it as their parent. */
  runnerPids(): Promise<number[]>
}

/** The real supervisor, as `npm run worker` starts it, once its lease is there. */
export async function startSupervisor(
  stores: Stores,
  environment: { DATA_DIR: string; REDIS_URL: string; WORKER_MEMORY_MB?: string },
): Promise<SupervisorProcess> {
  const child = endWithTests(
    spawn(process.execPath, programArguments('workers/main.ts'), {
      env: { ...process.env, ...environment, LOG_LEVEL: 'error' },
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  )
  const pid = child.pid!
  return {
    id: await leaseOf(stores, child),
    pid,
    stop: () => endChild(child),
    async kill() {
      await endChild(child, 'SIGKILL')
    },
    runnerPids: () => runnersOf(pid),
  }
}

async function leaseOf(stores: Stores, child: ChildProcess): Promise<string> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the supervisor ended with code ${child.exitCode}`)
    const status = (await stores.workers.list()).find(({ pid }) => pid === child.pid)
    if (status) return status.id
    await pause(50)
  }
}

/** The pids of the runners among the children of a process. */
export async function runnersOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const pids = children.trim().split(' ').filter(Boolean).map(Number)
  const lines = await Promise.all(
    pids.map(child => readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')),
  )
  return pids.filter((_, i) => lines[i]!.includes('workers/runner'))
}
