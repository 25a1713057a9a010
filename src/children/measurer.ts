import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactVariant } from '#domain/artifact.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { RequestedCut } from '#formats/model-at.ts'
import type { MeasuredRounding } from '#optimization/rounding.ts'
import { ChildDied } from './child-died.ts'
import { MEASURE } from './child-limits.ts'
import { ChildPool } from './child-pool.ts'
import { LimitExceeded } from './limit-exceeded.ts'
import { NotMeasured } from './not-measured.ts'

/** Where the measurer reads and writes. */
export interface Folders {
  /** Of the operator's datasets. */
  datasetsDir: string
  /** For copies of uploaded datasets. A start of the service deletes what a killed process left in it. */
  scratch: string
}

/** Codes of errors for a file, or a package of data, that this host does not have. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'MODULE_NOT_FOUND'])

/** A model to measure before and after its weights are rounded to int8, on the validation split of its training. */
export interface MeasureTask {
  spec: TrainingSpec
  checkpoint: Uint8Array
  /** Absent for the trained model without a cut. */
  cut?: RequestedCut | undefined
  structure?: ArtifactVariant['structure'] | undefined
  /** The file of the uploaded dataset; absent for a built-in one. */
  uploadFile?: string | undefined
  datasetsDir: string
}

/** What a measurement reads, and the size of both. */
export type MeasureFiles = Pick<MeasureTask, 'checkpoint' | 'uploadFile'> & { workBytes: number }

/** Measures models with TensorFlow in a child process. */
export class Measurer {
  readonly #pool: ChildPool<MeasureTask, MeasuredRounding>
  readonly #kind
  readonly #folders

  constructor(folders: Folders, kind = MEASURE) {
    this.#kind = kind
    this.#folders = folders
    this.#pool = new ChildPool(import.meta.resolve('#workers/predict/measure-process.ts'), kind.pool)
  }

  /**
   * @param fetchFiles writes into a folder and loads what the child reads. It is called when a child is free, so that waiting tasks occupy
   * neither disk nor memory; the folder is deleted after the task.
   * @param tenant of the client
   * @throws NotMeasured for a dataset without files, a model whose loss is not finite, or too much work; AppError `unavailable`; what
   * `fetchFiles` throws
   */
  async measure(
    model: Pick<MeasureTask, 'spec' | 'cut' | 'structure'>,
    fetchFiles: (folder: string) => Promise<MeasureFiles>,
    tenant?: string,
  ): Promise<MeasuredRounding> {
    const { datasetsDir } = this.#folders
    const answer = await this.#pool
      .use(
        child =>
          this.#withFolder(async folder => {
            const { workBytes, ...files } = await fetchFiles(folder)
            return child.ask({ ...model, ...files, datasetsDir }, this.#kind.limits(workBytes))
          }),
        { tenant },
      )
      .catch(error => {
        if (error instanceof LimitExceeded)
          throw new NotMeasured(`Measuring takes more than ${error.message}, which is the limit.`)
        throw error instanceof ChildDied ? new NotMeasured('The process that measured it ended.') : error
      })
    if (!('error' in answer)) return answer
    const { name, message, stack, code } = answer.error
    if (code !== undefined && ABSENT.has(code))
      throw new NotMeasured(
        `The files of the dataset ${model.spec.dataset.id} are not on the host of the api.`,
      )
    if (name === 'Diverged' || name === 'FormatError') throw new NotMeasured(message)
    throw Object.assign(new Error(message), { stack })
  }

  async #withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    await mkdir(this.#folders.scratch, { recursive: true })
    const folder = await mkdtemp(join(this.#folders.scratch, 'measure-'))
    try {
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}
