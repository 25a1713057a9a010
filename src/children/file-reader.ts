import { FormatError } from '#formats/format-error.ts'
import { ChildDied } from './child-died.ts'
import type { ChildKind } from './child-limits.ts'
import { ChildPool } from './child-pool.ts'
import type { ChildError } from './child-protocol.ts'
import { LimitExceeded, type TaskLimits } from './limit-exceeded.ts'
import { taskFailure } from './task-failure.ts'
import type { WarmChild } from './warm-child.ts'

/** Files to be read. */
export interface Reading<Task> {
  task: Task
  /** What errors call the files. */
  name: string
  workBytes: number
  /** Where the reader may write. */
  folder: string
  /** Called when a process begins to read, each time. */
  onBegin?: (() => void) | undefined
}

/** How often a file is given to a new process when the last one ended: somebody else may have ended it. */
const ATTEMPTS = 3

/**
 * Reads the files of clients in processes of their own, a few at a time: what a file makes a reader do, it does to that process alone.
 */
export class FileReader<Task, Answer extends object> {
  readonly #pool: ChildPool<Task, Answer>
  readonly #kind: ChildKind

  /** @param entry the URL of the processes' program */
  constructor(entry: string, kind: ChildKind) {
    this.#kind = kind
    this.#pool = new ChildPool(entry, kind.pool)
  }

  /**
   * @param overrides of the kind's limits
   * @throws FormatError that says what is wrong with the files, and where, or what they take too much of; AppError `unavailable`;
   * ServiceStopping; and Error for a fault of the reader's, with the `code` of the operating system if it is one's
   */
  async read(reading: Reading<Task>, overrides: Partial<TaskLimits> = {}): Promise<Answer> {
    const { name, workBytes } = reading
    const limits = { ...this.#kind.limits(workBytes), ...overrides }
    const isLarge = workBytes > this.#kind.largeBytes
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#pool.use(child => readWith(child, reading, limits, isLarge), { isLarge })
      } catch (error) {
        if (error instanceof LimitExceeded)
          throw new FormatError(`${name}: reading it takes more than ${error.message}, which is the limit`)
        if (!(error instanceof ChildDied)) throw error
        if (attempt < ATTEMPTS) continue
        if (!error.hadStarted) throw taskFailure(error, `reading ${name}`)
        throw new FormatError(
          `${name}: reading it ended its process ${ATTEMPTS} times, the last time with ${error.message}`,
        )
      }
    }
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

async function readWith<Task, Answer extends object>(
  child: WarmChild<Task, Answer>,
  { task, folder, onBegin }: Reading<Task>,
  limits: TaskLimits,
  isLarge: boolean,
): Promise<Answer> {
  onBegin?.()
  const answer = await child.ask(task, limits, folder)
  if (!('error' in answer)) return answer
  const { error } = answer
  // A small file that was refused in good order leaves nothing behind: what a large one took of the memory is not given back at once,
  // and what any other error leaves is not known.
  if (isLarge || !isRefusal(error) || error.endsReader) child.close()
  throw errorOf(error)
}

function isRefusal({ name }: ChildError['error']): boolean {
  return name === 'FormatError' || name === 'AppError'
}

function errorOf(error: ChildError['error']): Error {
  const { message, stack, code, cause } = error
  if (isRefusal(error))
    return new FormatError(message, cause === undefined ? {} : { cause: new Error(cause) })
  return Object.assign(new Error(message), { stack }, code !== undefined && { code })
}
