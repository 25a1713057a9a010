import { FormatError } from '#formats/format-error.ts'
import { ChildDied } from './child-died.ts'
import type { ChildKind } from './child-limits.ts'
import { ChildPool } from './child-pool.ts'
import type { ChildError } from './child-protocol.ts'
import { LimitExceeded, type TaskLimits } from './limit-exceeded.ts'
import { taskFailure } from './task-failure.ts'
import type { WarmChild } from './warm-child.ts'

/** A task that reads files. */
export interface Reading<Task> {
  task: Task
  /** The name of the files in errors. */
  name: string
  workBytes: number
  /** The folder that the reader may write to. */
  folder: string
  /** Of the client. */
  tenant?: string | undefined
  /** Called each time a process begins to read. */
  onBegin?: (() => void) | undefined
}

/** How many processes try to read a file: a process may end for a reason other than the file. */
const ATTEMPTS = 3

/**
 * Reads clients' files in child processes, a few at a time: a malicious or corrupt file can harm only the process that reads it.
 */
export class FileReader<Task, Answer extends object> {
  readonly #pool: ChildPool<Task, Answer>
  readonly #kind: ChildKind

  /** @param entry the URL of the children's program */
  constructor(entry: string, kind: ChildKind) {
    this.#kind = kind
    this.#pool = new ChildPool(entry, kind.pool)
  }

  /**
   * @param overrides replace limits of the kind
   * @throws FormatError that describes the mistake in the files and its place, or the limit that they exceed; AppError `unavailable`;
   * ServiceStopping; Error for a fault of the reader, with the operating system's `code` if it has one
   */
  async read(reading: Reading<Task>, overrides: Partial<TaskLimits> = {}): Promise<Answer> {
    const { name, workBytes, tenant } = reading
    const limits = { ...this.#kind.limits(workBytes), ...overrides }
    const isLarge = workBytes > this.#kind.largeBytes
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#pool.use(child => readWith(child, reading, limits, isLarge), { isLarge, tenant })
      } catch (error) {
        if (error instanceof LimitExceeded)
          throw new FormatError(`${name}: reading it takes more than ${error.message}, which is the limit`)
        if (!(error instanceof ChildDied)) throw error
        if (attempt < ATTEMPTS) continue
        if (!error.hadStarted) throw taskFailure(error, `reading ${name}`)
        throw new FormatError(
          `${name}: the process that read it ended ${ATTEMPTS} times, the last time with ${error.message}`,
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
  // The process is reused only after a small file that was refused with a FormatError: the memory of a large file is not freed at
  // once, and the state after any other error is unknown.
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
