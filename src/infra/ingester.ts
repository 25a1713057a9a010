import type { DatasetFacts } from '#domain/dataset.ts'
import type { DatasetRequest, FolderRequest } from '#domain/dataset-request.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import { FileReader } from './file-reader.ts'
import type { ChildOptions } from './warm-child.ts'

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

/** What most readers hold at a time is little: left alone, Node would let garbage grow to hundreds of megabytes first. */
const LEAN = {
  flags: ['--max-old-space-size=64', '--max-semi-space-size=2'],
  // Of glibc: threads that decode images would each keep a heap of freed memory.
  env: { MALLOC_ARENA_MAX: '1' },
}

/** Makes datasets of uploads. */
export class Ingester {
  readonly #lean = openReader(LEAN)
  /** For Parquet, of which a whole row group has to be held. */
  readonly #roomy = openReader()

  /** @throws FormatError that says what is wrong with the files, and where */
  ingest(task: IngestTask): Promise<Ingested> {
    return (task.request.format === 'parquet' ? this.#roomy : this.#lean).read(task)
  }

  close(): void {
    this.#lean.close()
    this.#roomy.close()
  }
}

function openReader(options?: ChildOptions) {
  return new FileReader<IngestTask, Ingested>(import.meta.resolve('#infra/ingest-process.ts'), options)
}
