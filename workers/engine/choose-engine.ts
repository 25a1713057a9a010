import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Engine, EngineName } from './engine.ts'
import type { SmokeTestOutcome } from './smoke.ts'

/** Characters kept of a child's stderr. TensorFlow writes to it even when it works. */
const STDERR_TAIL = 2000

/**
 * Finds the engine that works on this machine without loading it here: a child process opens each candidate and checks its
 * arithmetic. 'auto' tries native, then wasm; it never chooses webgpu.
 *
 * @returns the engine, and a `notice` for the log when 'auto' had to choose wasm
 * @throws Error with the reason when the requested engine does not work
 */
export async function chooseEngine(
  preference: 'auto' | EngineName,
): Promise<{ engine: Engine; notice?: string }> {
  if (preference === 'wasm') return { engine: await tryEngine('wasm') }
  if (preference === 'webgpu') return { engine: await tryEngine('webgpu').catch(explainWebgpu) }
  try {
    return { engine: await tryEngine('native') }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const explanation = `the native engine does not work here: ${reason}. Run \`npm run setup\`.`
    if (preference === 'native') throw new Error(explanation, { cause: error })
    return {
      engine: await tryEngine('wasm'),
      notice: `Training runs on wasm, several times slower: ${explanation}`,
    }
  }
}

function explainWebgpu({ message }: Error): never {
  throw new Error(`The webgpu engine does not work here: ${message}.`)
}

async function tryEngine(name: EngineName): Promise<Engine> {
  const child = fork(fileURLToPath(import.meta.resolve('#workers/engine/smoke.ts')), [name], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  let stderrTail = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = `${stderrTail}${text}`.slice(-STDERR_TAIL)
  })
  const answered = once(child, 'message').then(([outcome]): SmokeTestOutcome => outcome)
  // A message can arrive after the exit, but not after the disconnect.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(
    ([[code, signal]]): SmokeTestOutcome => ({
      reason: `its process ended with ${signal ?? `code ${code}`}: ${stderrTail.trim()}`,
    }),
  )
  const outcome = await Promise.race([answered, ended])
  if ('engine' in outcome) return outcome.engine
  throw new Error(outcome.reason)
}
