import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { harmlessEnvironment } from '#src/config.ts'
import { PARENT_VARIABLE } from './end-when-orphaned.ts'

export interface ChildOptions {
  /** Of JavaScript objects. */
  heapBytes: number
  /**
   * Of memory that the process may write to; the kernel refuses more. For what a look now and then at its size would miss. Absent for
   * programs of which a GPU's driver maps more than they use.
   */
  dataBytes?: number
  /** Further flags for Node. */
  flags?: readonly string[]
  env?: Readonly<Record<string, string>>
}

const SHELL = '/bin/sh'

/**
 * Forks a program that handles the data of clients: without credentials, with limits that the kernel holds it to, without core dumps,
 * and as the first process to end when the machine has no memory left (Linux). Where there is no POSIX shell it starts without these.
 *
 * @param entry the URL of the program
 */
export function forkConfined(entry: string, options: ChildOptions): ChildProcess {
  const { heapBytes, dataBytes, flags = [], env } = options
  const heap = `--max-old-space-size=${Math.ceil(heapBytes / 1024 ** 2)}`
  const nodeFlags = [...process.execArgv, heap, ...flags]
  const confine = [
    'echo 1000 > /proc/self/oom_score_adj',
    'ulimit -c 0',
    `ulimit -d ${dataBytes === undefined ? 'unlimited' : Math.ceil(dataBytes / 1024)}`,
  ].map(command => `{ ${command}; } 2>/dev/null`)
  const program = existsSync(SHELL)
    ? {
        execPath: SHELL,
        execArgv: ['-c', `${confine.join('; ')}; exec "$0" "$@"`, process.execPath, ...nodeFlags],
      }
    : { execArgv: nodeFlags }
  return fork(fileURLToPath(entry), {
    ...program,
    serialization: 'advanced',
    env: { ...harmlessEnvironment(), ...env, [PARENT_VARIABLE]: String(process.pid) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}
