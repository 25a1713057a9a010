import type { DatasetFacts } from '#domain/dataset.ts'
import type { DatasetRequest, FolderRequest } from '#domain/dataset-request.ts'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import { WarmChild } from './warm-child.ts'

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

/** Makes datasets of uploads in a process of its own: what a file makes a reader do, it does to that alone. */
export class Ingester {
  readonly #child = new WarmChild<IngestTask, Ingested>(
    import.meta.resolve('#infra/ingest-process.ts'),
    IDLE_MS,
  )

  /** @throws FormatError that says what is wrong with the files, and where */
  async ingest(task: IngestTask): Promise<Ingested> {
    const answer = await this.#child.ask(task)
    if (!('error' in answer)) return answer
    const { name, message } = answer.error
    throw name === 'FormatError' ? new FormatError(message) : new Error(message)
  }

  close(): void {
    this.#child.close()
  }
}
