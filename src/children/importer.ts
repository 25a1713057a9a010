import type { ModelRequest } from '#domain/model-spec.ts'
import type { ImportedModel, ModelUpload } from '#interchange/import-model.ts'
import { networkOf } from '#interchange/network-of.ts'
import { parameterCount } from '#network/variables.ts'
import { IMPORT } from './child-limits.ts'
import { FileReader } from './file-reader.ts'
import { sourceBytes, sourceName } from './source-bytes.ts'

export interface ImportTask {
  upload: ModelUpload
  /** The folder for the checkpoint and temporary files. */
  folder: string
}

/** Converts uploaded models to checkpoints in child processes. */
export class Importer {
  readonly #reader: FileReader<ImportTask, ImportedModel>

  constructor(kind = IMPORT) {
    this.#reader = new FileReader(import.meta.resolve('#children/import-process.ts'), kind)
  }

  /** @param tenant of the client. @throws as `FileReader.read` does */
  async import(task: ImportTask, tenant?: string): Promise<ImportedModel> {
    const { files, state, model } = task.upload
    const all = state ? [...files, state] : files
    // A small sparse file may contain many weights.
    const workBytes = (await sourceBytes(all)) + weightBytes(model)
    return await this.#reader.read({ task, name: sourceName(all), workBytes, folder: task.folder, tenant })
  }

  async close(): Promise<void> {
    await this.#reader.close()
  }
}

function weightBytes(model: ModelRequest | undefined): number {
  try {
    return model ? Float32Array.BYTES_PER_ELEMENT * parameterCount(networkOf(model)) : 0
  } catch {
    // The process that reads the model reports what is wrong with it.
    return 0
  }
}
