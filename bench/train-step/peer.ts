import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The result of some steps. */
export interface Timing {
  seconds: number
  /** Mean losses, one for each step. */
  losses: number[]
  /** Time that Thresher waited for batches; only Thresher reports this and what follows. */
  dataSeconds?: number
  /** Time inside TensorFlow's sessions. */
  tensorflowSeconds?: number
  /** Milliseconds of all steps, for each of Thresher's own ops. */
  ownMs?: Record<string, number>
}

/** One of the compared implementations: a process that takes steps on request. */
export interface Peer {
  version: string
  run(steps: number): Promise<Timing>
  end(): Promise<void>
}

const THRESHER = 'bench/peers/thresher-step.ts'

/** @throws Error when the process ends before it is ready */
export async function startPeer(command: readonly string[]): Promise<Peer> {
  // Environment variables stay at their defaults, as users run PyTorch: its threads wait for work actively, but sleep long before the
  // next peer's turn ends.
  const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] })
  let stderrTail = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-2000)
  })
  const ended = once(child, 'exit').then(([code, signal]) => signal ?? `code ${code}`)
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const nextJson = async <T>(): Promise<T> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${command.join(' ')} ended with ${await ended}: ${stderrTail}`)
      if (value.startsWith('{')) return JSON.parse(value)
    }
  }
  const { version } = await nextJson<{ version: string }>()
  return {
    version,
    async run(steps) {
      child.stdin!.write(`${JSON.stringify({ steps })}\n`)
      return await nextJson<Timing>()
    },
    async end() {
      child.stdin!.end()
      await ended
    },
  }
}

export function thresherCommand(...args: string[]): string[] {
  return [process.execPath, '--import', 'tsx', THRESHER, ...args]
}

export function pythonCommand(python: string, script: string, ...args: string[]): string[] {
  return [python, fileURLToPath(new URL(`../peers/${script}`, import.meta.url)), ...args]
}
