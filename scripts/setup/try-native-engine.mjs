import { fork } from 'node:child_process'
import { projectDirectory } from './project-directory.mjs'

/**
 * Opens the native engine in a child process, as the service does, and has its arithmetic checked.
 * Resolves with `{ version, device }`; rejects with the reason why it does not work.
 */
export function tryNativeEngine() {
  const child = fork(`${projectDirectory}/workers/engine/smoke.ts`, ['native'], {
    cwd: projectDirectory,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: 120_000,
  })
  return new Promise((resolve, reject) => {
    child.once('message', ({ engine, reason }) => (engine ? resolve(engine) : reject(new Error(reason))))
    child.once('exit', (code, signal) =>
      reject(new Error(`its process ended with ${signal ?? `code ${code}`}`)),
    )
  })
}
