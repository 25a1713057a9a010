import type { DatasetFacts } from '#domain/dataset.ts'
import type { DatasetRequest, FolderRequest } from '#ingest/dataset-request.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import { FOLDER_SECONDS, INGEST, INGEST_PARQUET } from './child-limits.ts'
import { FileReader } from './file-reader.ts'
import { sourceBytes, sourceName } from './source-bytes.ts'

export interface IngestTask {
  request: DatasetRequest | FolderRequest
  files: readonly SourceFile[]
  /** The folder for the dataset and temporary files. */
  folder: string
}

export interface Ingested {
  path: string
  facts: DatasetFacts
}

/** Converts uploads to datasets in child processes. */
export class Ingester {
  readonly #streaming: FileReader<IngestTask, Ingested>
  readonly #parquet: FileReader<IngestTask, Ingested>

  constructor(streaming = INGEST, parquet = INGEST_PARQUET) {
    const entry = import.meta.resolve('#children/ingest-process.ts')
    this.#streaming = new FileReader(entry, streaming)
    this.#parquet = new FileReader(entry, parquet)
  }

  /**
   * @param onBegin is called when a process begins to read
   * @param tenant of the client
   * @throws as `FileReader.read` does
   */
  async ingest(task: IngestTask, onBegin?: () => void, tenant?: string): Promise<Ingested> {
    const { request, files, folder } = task
    const reader = request.format === 'parquet' ? this.#parquet : this.#streaming
    const workBytes = await sourceBytes(files)
    const reading = { task, name: sourceName(files), workBytes, folder, onBegin, tenant }
    // A registered folder is read in place, and its size is not known.
    return await reader.read(reading, 'folder' in request ? { seconds: FOLDER_SECONDS } : {})
  }

  async close(): Promise<void> {
    await Promise.all([this.#streaming.close(), this.#parquet.close()])
  }
}
