import type { ImportedModel, ModelUpload } from '#imports/import-model.ts'
import { FileReader } from './file-reader.ts'

export interface ImportTask {
  upload: ModelUpload
  /** For the checkpoint and what it takes to make it. */
  folder: string
}

/** Makes checkpoints of the weights of others. */
export type Importer = FileReader<ImportTask, ImportedModel>

export function openImporter(): Importer {
  return new FileReader(import.meta.resolve('#infra/import-process.ts'))
}
