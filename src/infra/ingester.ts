import type { DatasetFacts } from '#domain/dataset.ts'
import type { DatasetRequest, FolderRequest } from '#domain/dataset-request.ts'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import { type ChildOptions, WarmChild } from './warm-child.ts'

export interface IngestTask {
  request: DatasetRequest | FolderRequest
  files: readonly SourceFile[]
  /** For the dataset and what it takes to make it. */
  folder: string
}

export interface Ingested {
  path: string
  facts: DatasetFacts
}

const IDLE_MS = 10_000
/** What most readers hold at a time is little: left alone, Node would let garbage grow to hundreds of megabytes first. */
const LEAN = {
  flags: ['--max-old-space-size=64', '--max-semi-space-size=2'],
  // Of glibc: threads that decode images would each keep a heap of freed memory.
  env: { MALLOC_ARENA_MAX: '1' },
}

/** Makes datasets of uploads in a process of its own: what a file makes a reader do, it does to that alone. */
export class Ingester {
  readonly #lean = childOf(LEAN)
  /** For Parquet, of which a whole row group has to be held. */
  readonly #roomy = childOf({})
  #isClosed = false

  /** @throws FormatError that says what is wrong with the files, and where */
  async ingest(task: IngestTask): Promise<Ingested> {
    const child = task.request.format === 'parquet' ? this.#roomy : this.#lean
    const answer = await child.ask(task).catch(error => {
      // A file that makes its reader end would do so again.
      throw this.#isClosed ? error : new FormatError(`reading it takes more than there is: ${error.message}`)
    })
    if (!('error' in answer)) return answer
    const { name, message } = answer.error
    throw name === 'FormatError' ? new FormatError(message) : new Error(message)
  }

  close(): void {
    this.#isClosed = true
    this.#lean.close()
    this.#roomy.close()
  }
}

function childOf(options: ChildOptions) {
  return new WarmChild<IngestTask, Ingested>(
    import.meta.resolve('#infra/ingest-process.ts'),
    IDLE_MS,
    options,
  )
}
