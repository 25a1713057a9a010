import { fork } from 'node:child_process'
import { once } from 'node:events'
import { projectDirectory } from './project-directory.mjs'

/**
 * Opens the native engine in a child process, as the service does, and has its arithmetic checked.
 * Resolves with `{ version, device }`; rejects with the reason why it does not work.
 */
export async function tryNativeEngine() {
  const child = fork(`${projectDirectory}/workers/engine/smoke.ts`, ['native'], {
    cwd: projectDirectory,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  const answered = once(child, 'message').then(([outcome]) => outcome)
  // An answer can be heard after the exit, but not after the end of the channel.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(([[code, signal]]) => ({
    reason: `its process ended with ${signal ?? `code ${code}`}`,
  }))
  const { engine, reason } = await Promise.race([answered, ended])
  child.kill('SIGKILL') // What it had to say is said; TensorFlow's threads have been seen to hang at the exit.
  if (engine) return engine
  throw new Error(reason)
}
