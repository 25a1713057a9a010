import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Answer {
  seconds: number
  /** Means, one a step. */
  losses: number[]
  /** Of our own side alone. */
  dataSeconds?: number
  tensorflowSeconds?: number
  /** By op of our own: milliseconds of all steps. */
  ownMs?: Record<string, number>
}

/** One of those that are compared, as a process that takes steps when it is asked to. */
export interface Side {
  version: string
  take(steps: number): Promise<Answer>
  end(): Promise<void>
}

const OURS = 'bench/peers/thresher-step.ts'

/** @throws Error when the process ends before it is ready */
export async function startSide(command: readonly string[]): Promise<Side> {
  // As their users run them: PyTorch's threads wait for work actively, and sleep long before the next side's turn is over.
  const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] })
  let lastWords = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2000)
  })
  const ended = once(child, 'exit').then(([code, signal]) => signal ?? `code ${code}`)
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const nextJson = async <T>(): Promise<T> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${command.join(' ')} ended with ${await ended}: ${lastWords}`)
      if (value.startsWith('{')) return JSON.parse(value)
    }
  }
  const { version } = await nextJson<{ version: string }>()
  return {
    version,
    async take(steps) {
      child.stdin!.write(`${JSON.stringify({ steps })}\n`)
      return await nextJson<Answer>()
    },
    async end() {
      child.stdin!.end()
      await ended
    },
  }
}

export function ourCommand(...args: string[]): string[] {
  return [process.execPath, '--import', 'tsx', OURS, ...args]
}

export function peerCommand(python: string, script: string, ...args: string[]): string[] {
  return [python, fileURLToPath(new URL(`../peers/${script}`, import.meta.url)), ...args]
}
