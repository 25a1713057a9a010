import type { ModelRequest } from '#domain/model-spec.ts'
import type { ImportedModel, ModelUpload } from '#interchange/import-model.ts'
import { networkOf } from '#interchange/network-of.ts'
import { parameterCount } from '#network/variables.ts'
import { IMPORT } from './child-limits.ts'
import { FileReader } from './file-reader.ts'
import { sourceBytes, sourceName } from './source-bytes.ts'

export interface ImportTask {
  upload: ModelUpload
  /** For the checkpoint and what it takes to make it. */
  folder: string
}

/** Makes checkpoints of the weights of others. */
export class Importer {
  readonly #reader: FileReader<ImportTask, ImportedModel>

  constructor(kind = IMPORT) {
    this.#reader = new FileReader(import.meta.resolve('#children/import-process.ts'), kind)
  }

  /** @throws as `FileReader.read` does */
  async import(task: ImportTask): Promise<ImportedModel> {
    const { files, state, model } = task.upload
    const all = state ? [...files, state] : files
    // A small sparse file may stand for many weights.
    const workBytes = (await sourceBytes(all)) + weightBytes(model)
    return await this.#reader.read({ task, name: sourceName(all), workBytes, folder: task.folder })
  }

  async close(): Promise<void> {
    await this.#reader.close()
  }
}

function weightBytes(model: ModelRequest | undefined): number {
  try {
    return model ? Float32Array.BYTES_PER_ELEMENT * parameterCount(networkOf(model)) : 0
  } catch {
    // What is wrong with the model is said by who reads it.
    return 0
  }
}
