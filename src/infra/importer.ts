import { FormatError } from '#formats/format-error.ts'
import type { ImportedModel, ModelUpload } from '#imports/import-model.ts'
import { WarmChild } from './warm-child.ts'

export interface ImportTask {
  upload: ModelUpload
  /** For the checkpoint and what it takes to make it. */
  folder: string
}

const IDLE_MS = 10_000

/** Reads the weights of others in a process of its own: what a file makes a reader do, it does to that alone. */
export class Importer {
  readonly #child = new WarmChild<ImportTask, ImportedModel>(
    import.meta.resolve('#infra/import-process.ts'),
    IDLE_MS,
  )
  #isClosed = false

  /** @throws FormatError that says what is wrong with the files, and where */
  async import(task: ImportTask): Promise<ImportedModel> {
    const answer = await this.#child.ask(task).catch(error => {
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
