import * as tf from '@tensorflow/tfjs-core'
import type { Routine } from './engine/program.ts'
import { crossEntropy } from './losses.ts'
import { correctCount } from './metrics.ts'
import type { Model } from './models/from-topology.ts'
import type { Transform } from './optimizers/transform.ts'

/** What a routine found in its batch: the sum of the losses and how many answers were right. */
export type Outcome = { lossSum: tf.Scalar; correct: tf.Scalar }

/** What a step and an evaluation are made of. */
export interface Ingredients {
  model: Model
  transform: Transform
  /** Makes what the model takes of a batch's pixels. */
  normalise(pixels: tf.Tensor): tf.Tensor
}

/**
 * One step of the fold: forward, backward, update. Takes a batch, the seed of the pass, and the scalars of the optimizer's
 * tick.
 */
export function stepRoutine({ model, transform, normalise }: Ingredients): Routine {
  return ({ params, statistics, ...slots }, { pixels, labels, seed, ...scalars }) => {
    const pass = { seed: seed as tf.Tensor1D }
    const variables = { ...params, ...statistics }
    const { logits, statistics: moved, pullback } = model(variables, normalise(pixels!), pass)
    const loss = crossEntropy(logits, labels as tf.Tensor1D)
    const gradients = pullback(loss.gradientOfMean)
    const updated = transform.update(gradients, slots, params!, scalars as Record<string, tf.Scalar>)
    return {
      outputs: { lossSum: loss.sum, correct: correctCount(logits, labels as tf.Tensor1D) },
      variables: { params: updated.params, statistics: moved, ...updated.slots },
    }
  }
}

/** Measures the model as it is. */
export function evaluationRoutine({ model, normalise }: Omit<Ingredients, 'transform'>): Routine {
  return ({ params, statistics }, { pixels, labels }) => {
    const { logits } = model({ ...params, ...statistics }, normalise(pixels!))
    const outputs: tf.NamedTensorMap = {
      lossSum: crossEntropy(logits, labels as tf.Tensor1D).sum,
      correct: correctCount(logits, labels as tf.Tensor1D),
    }
    return { outputs }
  }
}

/** Waits for the routine that made it, so a GPU idles meanwhile. */
export function readOutcome(outcome: Outcome): { lossSum: number; correct: number } {
  const values = { lossSum: outcome.lossSum.dataSync()[0]!, correct: outcome.correct.dataSync()[0]! }
  tf.dispose(outcome)
  return values
}
