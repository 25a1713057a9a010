import { FormatError } from '#formats/format-error.ts'
import { type ChildOptions, WarmChild } from './warm-child.ts'

const IDLE_MS = 10_000

/** Reads the files of clients in a process of its own: what a file makes a reader do, it does to that alone. */
export class FileReader<Task, Answer extends object> {
  readonly #child: WarmChild<Task, Answer>
  #isClosed = false

  /** @param entry the URL of the process's program */
  constructor(entry: string, options?: ChildOptions) {
    this.#child = new WarmChild(entry, IDLE_MS, options)
  }

  /** @throws FormatError that says what is wrong with the files, and where */
  async read(task: Task): Promise<Answer> {
    const answer = await this.#child.ask(task).catch(error => {
      // A file that makes its reader end would do so again.
      throw this.#isClosed ? error : new FormatError(`reading it takes more than there is: ${error.message}`)
    })
    if (!('error' in answer)) return answer
    const { name, message } = answer.error
    throw name === 'FormatError' || name === 'AppError' ? new FormatError(message) : new Error(message)
  }

  close(): void {
    this.#isClosed = true
    this.#child.close()
  }
}
