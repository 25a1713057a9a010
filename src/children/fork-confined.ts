import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { harmlessEnvironment, PARENT_VARIABLE } from '#src/config.ts'

export interface ChildOptions {
  /** The limit of the JavaScript heap. */
  heapBytes: number
  /** The limit of writable memory, which the kernel enforces; it catches a peak between two measurements of the resident size. */
  dataBytes: number
  /** Further flags for Node. */
  flags?: readonly string[]
  env?: Readonly<Record<string, string>>
}

const SHELL = '/bin/sh'

/**
 * Forks a program that handles clients' data: without credentials, with limits that the kernel enforces, without core dumps, and as
 * the first process that Linux kills when memory runs out. Without a POSIX shell it starts without the limits.
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
    `ulimit -d ${Math.ceil(dataBytes / 1024)}`,
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
