import type { ArtifactVariant } from '#domain/artifact.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { RequestedCut } from '#formats/model-at.ts'
import type { MeasuredRounding } from '#optimization/rounding.ts'
import { ChildDied } from './child-died.ts'
import { MEASURE } from './child-limits.ts'
import { ChildPool } from './child-pool.ts'
import { LimitExceeded } from './limit-exceeded.ts'
import { NotMeasured } from './not-measured.ts'

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

/** Measures models with TensorFlow in a child process. */
export class Measurer {
  readonly #pool: ChildPool<MeasureTask, MeasuredRounding>
  readonly #kind
  readonly #datasetsDir

  /** @param datasetsDir the folder of the operator's datasets */
  constructor(datasetsDir: string, kind = MEASURE) {
    this.#kind = kind
    this.#datasetsDir = datasetsDir
    this.#pool = new ChildPool(import.meta.resolve('#workers/predict/measure-process.ts'), kind.pool)
  }

  /**
   * @param workBytes the size of the dataset and of the checkpoint
   * @param tenant of the client
   * @throws NotMeasured for a dataset without files, a model whose loss is not finite, or too much work; AppError `unavailable`
   */
  async measure(
    task: Omit<MeasureTask, 'datasetsDir'>,
    workBytes: number,
    tenant?: string,
  ): Promise<MeasuredRounding> {
    const limits = this.#kind.limits(workBytes)
    const answer = await this.#pool
      .use(child => child.ask({ ...task, datasetsDir: this.#datasetsDir }, limits), { tenant })
      .catch(error => {
        if (error instanceof LimitExceeded)
          throw new NotMeasured(`Measuring takes more than ${error.message}, which is the limit.`)
        throw error instanceof ChildDied ? new NotMeasured('The process that measured it ended.') : error
      })
    if (!('error' in answer)) return answer
    const { name, message, stack, code } = answer.error
    if (code !== undefined && ABSENT.has(code))
      throw new NotMeasured(
        `The files of the dataset ${task.spec.dataset.id} are not on the host of the api.`,
      )
    if (name === 'Diverged' || name === 'FormatError') throw new NotMeasured(message)
    throw Object.assign(new Error(message), { stack })
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}
