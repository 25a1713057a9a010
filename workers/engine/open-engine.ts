import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

export type EngineName = 'native' | 'webgpu' | 'wasm'

export interface Engine {
  name: EngineName
  /** What really computes: 'cpu', or the GPU's name. */
  device: string
  /** For people, such as 'TensorFlow 2.21.0'. */
  version: string
  /** Threads inside one op. The order of sums depends on it, so equal bits need an equal count. */
  threads: number
}

/** Characters kept of what a trial wrote before it died; TensorFlow greets on stderr even when all is well. */
const LAST_WORDS = 2000

/** What a candidate's child process answers. */
export type SmokeTestOutcome = { engine: Engine } | { reason: string }

/**
 * Makes `name` the tfjs-core backend of this process, for as long as the process lives.
 * Throws with the reason when it does not load.
 */
export async function openEngine(name: EngineName, threads = availableParallelism()): Promise<Engine> {
  // Imported on demand: a process pays only for the engine it opens.
  switch (name) {
    case 'native':
      return (await import('./native/open-native.ts')).openNative(threads)
    case 'webgpu':
      return (await import('./webgpu/open-webgpu.ts')).openWebgpu()
    case 'wasm':
      return (await import('./wasm/open-wasm.ts')).openWasm(threads)
  }
}

/**
 * Finds the engine that works on this machine, without loading it here: a child process opens each candidate
 * and checks its arithmetic. `notice` is a sentence for people when it is not the one they would expect.
 * Throws when the engine asked for does not work; 'auto' settles for wasm, and never takes webgpu.
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
  const child = fork(fileURLToPath(import.meta.resolve('./smoke.ts')), [name], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = `${lastWords}${text}`.slice(-LAST_WORDS)
  })
  const answered = once(child, 'message').then(([outcome]): SmokeTestOutcome => outcome)
  // An answer can be heard after the exit, but not after the end of the channel.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(
    ([[code, signal]]): SmokeTestOutcome => ({
      reason: `its process ended with ${signal ?? `code ${code}`}: ${lastWords.trim()}`,
    }),
  )
  const outcome = await Promise.race([answered, ended])
  if ('engine' in outcome) return outcome.engine
  throw new Error(outcome.reason)
}
