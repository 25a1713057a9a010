import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * Runs a file in a process of its own, with `input` as JSON in argv[2], and resolves with the one message that it sends.
 *
 * @throws Error when the process ends without a message
 */
export async function runChild<Result>(file: URL, input: unknown): Promise<Result> {
  const child = fork(fileURLToPath(file), [JSON.stringify(input)], { serialization: 'advanced' })
  const answered = once(child, 'message').then(([result]) => ({ result: result as Result }))
  const ended = once(child, 'close').then(([code, signal]) => ({ ending: signal ?? `code ${code}` }))
  const first = await Promise.race([answered, ended])
  if (!('result' in first)) throw new Error(`${file.pathname} ended with ${first.ending}`)
  await ended
  return first.result
}
