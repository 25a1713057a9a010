import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { FormatError } from '#formats/format-error.ts'
import type { RequestedCut } from '#formats/model-at.ts'
import { resolveNetwork } from '#network/network.ts'
import { forwardFlops } from '#network/step-flops.ts'
import type { CheckpointSource } from '#stores/blobs/checkpoint-source.ts'
import { EXAMPLE_BYTES, LARGE_FLOPS, PREDICT } from './child-limits.ts'
import { ChildPool } from './child-pool.ts'
import type { ChildError } from './child-protocol.ts'
import { taskFailure } from './task-failure.ts'
import type { WarmChild } from './warm-child.ts'

/** Examples for a model, and the model itself if the child has not loaded it. */
export interface PredictionTask {
  /** Identifies it: the digest of its checkpoint, and its cut. */
  model: string
  load?: { spec: TrainingSpec; checkpoint: Uint8Array; cut?: RequestedCut | undefined }
  inputs: PredictionInputs
}

/** Examples [count, ...inputShape] in the encoding of the stored dataset, or `count` image files. */
export type PredictionInputs = { count: number } & (
  | { x: Uint8Array | Float32Array }
  | { images: readonly { name: string; bytes: Uint8Array }[] }
)

/** [count, outputs] */
export interface Prediction {
  outputs: Float32Array
}

/** A trained model. */
export interface ModelSource {
  spec: TrainingSpec
  checkpoint: CheckpointSource
  /** Absent for the trained model without a cut. */
  loadCut?: () => Promise<RequestedCut>
}

/** The name of the error of a child that has not loaded the model. */
export const NOT_HELD = 'ModelNotHeld'

type Child = WarmChild<PredictionTask, Prediction>

/** Computes predictions of trained models on the sparse runtime in child processes. Each child keeps the last model loaded. */
export class Predictor {
  readonly #pool: ChildPool<PredictionTask, Prediction>
  readonly #kind
  /** The last model of each child. */
  readonly #loaded = new WeakMap<Child, string>()

  constructor(kind = PREDICT) {
    this.#kind = kind
    this.#pool = new ChildPool(import.meta.resolve('#children/predict-process.ts'), kind.pool)
  }

  /**
   * @param model identifies the model of the source
   * @param source loads the model if the child needs it
   * @param tenant of the client
   * @throws FormatError for a file that is not an image; AppError `limit_exceeded` or `unavailable`
   */
  async predict(
    { model, inputs }: Omit<PredictionTask, 'load'>,
    source: ModelSource,
    tenant?: string,
  ): Promise<Prediction> {
    const { sizeBytes } = source.checkpoint
    const limits = this.#kind.limits(sizeBytes + inputs.count * EXAMPLE_BYTES)
    const isLarge = sizeBytes > this.#kind.largeBytes || flopsOf(source, inputs) > LARGE_FLOPS
    const work = async (child: Child) => {
      this.#loaded.set(child, model)
      const answer = await child.ask({ model, inputs }, limits)
      if (!('error' in answer) || answer.error.name !== NOT_HELD) return resultOf(answer, child)
      const { spec, checkpoint, loadCut } = source
      const load = { spec, checkpoint: await checkpoint.load(), cut: await loadCut?.() }
      return resultOf(await child.ask({ model, inputs, load }, limits), child)
    }
    return await this.#pool
      .use(work, { tenant, isLarge, prefers: child => this.#loaded.get(child) === model })
      .catch(error => {
        throw taskFailure(error, 'predicting', 'send fewer examples at a time')
      })
  }

  /** Starts a child before the first request. @throws ChildDied, ServiceStopping */
  async warmUp(): Promise<void> {
    await this.#pool.use(child => child.warmUp())
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

function flopsOf({ spec }: ModelSource, { count }: PredictionInputs): number {
  return count * forwardFlops(resolveNetwork(topologyOf(spec.model)))
}

function resultOf(answer: Prediction | ChildError, child: Child): Prediction {
  if (!('error' in answer)) return answer
  const { name, message, stack } = answer.error
  if (name === 'FormatError') throw new FormatError(message)
  // The state of the model after an unexpected error is unknown: the next request gets a new process.
  child.close()
  throw Object.assign(new Error(message), { stack })
}
