import { fork } from 'node:child_process'
import { once } from 'node:events'
import { compiledService, compileService } from './compile-service.mjs'
import { projectDirectory } from './project-directory.mjs'

/**
 * Opens the native engine in a child process, as the service does, and checks its arithmetic. Resolves with `{ version, device }`; rejects
 * with the reason if it does not work.
 */
export async function tryNativeEngine() {
  await compileService()
  const child = fork(`${compiledService}/workers/engine/smoke.js`, ['native'], {
    cwd: projectDirectory,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  const answered = once(child, 'message').then(([outcome]) => outcome)
  // A message may arrive after the exit, but not after the channel has closed.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(([[code, signal]]) => ({
    reason: `its process ended with ${signal ?? `code ${code}`}`,
  }))
  const { engine, reason } = await Promise.race([answered, ended])
  child.kill('SIGKILL') // The process is killed, because the answer has arrived and TensorFlow's threads sometimes hang at the exit.
  if (engine) return engine
  throw new Error(reason)
}
