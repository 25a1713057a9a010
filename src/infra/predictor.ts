import type { TrainingSpec } from '#domain/training-spec.ts'
import { WarmChild } from './warm-child.ts'

/** Examples for a model; the model itself when the child does not hold it. */
export interface PredictionTask {
  /** The digest of its checkpoint. */
  model: string
  load?: { spec: TrainingSpec; checkpoint: Uint8Array }
  /** [count, ...inputShape], as the examples of its dataset are stored. */
  inputs: Uint8Array
  count: number
}

/** [count, classes] */
export interface Prediction {
  probabilities: Float32Array
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

  /** @param load brings the model, if it is needed. @throws Error when it could not be asked */
  async predict(
    task: Omit<PredictionTask, 'load'>,
    load: () => Promise<NonNullable<PredictionTask['load']>>,
  ): Promise<Prediction> {
    let answer = await this.#child.ask(task)
    if ('error' in answer && answer.error.name === NOT_HELD)
      answer = await this.#child.ask({ ...task, load: await load() })
    if ('error' in answer) throw new Error(answer.error.message)
    return answer
  }

  close(): void {
    this.#child.close()
  }
}
