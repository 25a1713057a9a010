import type { TrainingSpec } from '#domain/training-spec.ts'
import { FormatError } from '#formats/format-error.ts'
import { WarmChild } from './warm-child.ts'

/** Examples for a model; the model itself when the child does not hold it. */
export interface PredictionTask {
  /** The digest of its checkpoint. */
  model: string
  load?: { spec: TrainingSpec; checkpoint: Uint8Array }
  inputs: PredictionInputs
}

/** Examples [count, ...inputShape] as those of the dataset are stored, or as many image files. */
export type PredictionInputs = { count: number } & (
  | { x: Uint8Array | Float32Array }
  | { images: readonly { name: string; bytes: Uint8Array }[] }
)

/** [count, outputs] */
export interface Prediction {
  outputs: Float32Array
}

/** What the child says of a model that it was not given yet. */
export const NOT_HELD = 'ModelNotHeld'

const IDLE_MS = 120_000

/** Asks trained models, in a process of its own that holds TensorFlow and the model that was asked last. */
export class Predictor {
  readonly #child = new WarmChild<PredictionTask, Prediction>(
    import.meta.resolve('#workers/predict-process.ts'),
    IDLE_MS,
  )

  /** @param load brings the model, if it is needed. @throws FormatError for what is no image; Error when it could not be asked */
  async predict(
    task: Omit<PredictionTask, 'load'>,
    load: () => Promise<NonNullable<PredictionTask['load']>>,
  ): Promise<Prediction> {
    let answer = await this.#child.ask(task)
    if ('error' in answer && answer.error.name === NOT_HELD)
      answer = await this.#child.ask({ ...task, load: await load() })
    if (!('error' in answer)) return answer
    const { name, message } = answer.error
    throw name === 'FormatError' ? new FormatError(message) : new Error(message)
  }

  close(): void {
    this.#child.close()
  }
}
