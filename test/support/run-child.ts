import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a process of its own answers, once, to a question in JSON. @throws Error when it ends without an answer */
export async function askChild<Answer>(file: URL, question: unknown): Promise<Answer> {
  const child = fork(fileURLToPath(file), [JSON.stringify(question)], { serialization: 'advanced' })
  const answered = once(child, 'message').then(([answer]) => ({ answer: answer as Answer }))
  const ended = once(child, 'close').then(([code, signal]) => ({ ending: signal ?? `code ${code}` }))
  const first = await Promise.race([answered, ended])
  if (!('answer' in first)) throw new Error(`${file.pathname} ended with ${first.ending}`)
  await ended
  return first.answer
}
