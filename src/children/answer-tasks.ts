import { FormatError } from '#formats/format-error.ts'
import { ANSWER_TOO_LARGE, type ChildError, type Order, READY } from './child-protocol.ts'
import { endWhenOrphaned } from './end-when-orphaned.ts'

/** The longest cause that is sent; those of HDF5 have pages. */
const CAUSE_LENGTH = 4000

/** Runs a child: answers every task with the result or the error of `work`. */
export function answerTasks<Task, Answer extends object>(work: (task: Task) => Promise<Answer>): void {
  endWhenOrphaned()
  process.on('message', async ({ task, answerBytes }: Order<Task>) => {
    process.send!(await answerOf(() => work(task), answerBytes))
  })
  process.send!(READY)
}

async function answerOf<Answer extends object>(
  work: () => Promise<Answer>,
  answerBytes: number,
): Promise<Answer | ChildError> {
  try {
    const answer = await work()
    if (sizeOf(answer) <= answerBytes) return answer
    return { error: { name: ANSWER_TOO_LARGE, message: `more than ${answerBytes} bytes` } }
  } catch (thrown) {
    return { error: describe(thrown instanceof Error ? thrown : new Error(String(thrown))) }
  }
}

function describe(error: Error): ChildError['error'] {
  const { name, message, stack } = error
  const { code } = error as NodeJS.ErrnoException
  const cause = error.cause instanceof Error ? error.cause.message.slice(0, CAUSE_LENGTH) : undefined
  const endsReader = error instanceof FormatError && error.endsReader
  return { name, message, stack, code, cause, endsReader }
}

/** Approximately the bytes of a message that carries the value. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (typeof value !== 'object' || value === null) return 8
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + sizeOf(item), 0)
}
