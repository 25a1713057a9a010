import * as tf from '@tensorflow/tfjs-core'
import type { Batch } from './data/batches.ts'
import { crossEntropy } from './losses.ts'
import { correctCount } from './metrics.ts'
import type { Model } from './models/from-topology.ts'
import type { OptimizerState, Transform } from './optimizers/transform.ts'
import type { Weight } from './weights.ts'

/** What a step starts from and leaves behind. Its tensors belong to it until the next step or `endTraining`. */
export type Training = {
  params: tf.NamedTensorMap
  state: OptimizerState
}

/** What a step found in its batch, on the device until `readOutcome`. */
export type Outcome = {
  lossSum: tf.Scalar
  correct: tf.Scalar
}

/** One step of the fold: takes `training` over, so it must not be used again. */
export type TrainStep = (training: Training, batch: Batch) => { training: Training; outcome: Outcome }

/** A batch as the model takes it: x [batch, ...inputShape] and integer labels y [batch]. */
export type Feed = (batch: Batch) => { x: tf.Tensor; y: tf.Tensor1D }

export function trainStep(model: Model, transform: Transform, feed: Feed): TrainStep {
  return (training, batch) => {
    const next = tf.tidy(() => {
      const { x, y } = feed(batch)
      const { logits, pullback } = model(training.params, x)
      const loss = crossEntropy(logits, y)
      const gradients = pullback(loss.gradientOfMean)
      const updated = transform.update(gradients, training.state, training.params)
      return { training: updated, outcome: { lossSum: loss.sum, correct: correctCount(logits, y) } }
    })
    endTraining(training)
    return next
  }
}

export function beginTraining(transform: Transform, weights: readonly Weight[]): Training {
  return tf.tidy(() => {
    const params = Object.fromEntries(
      weights.map(({ name, shape, data }) => [name, tf.tensor(data, [...shape])]),
    )
    return { params, state: transform.init(params) }
  })
}

export function endTraining({ params, state }: Training): void {
  tf.dispose({ params, slots: state.slots })
}

/** Waits for the step that made it, so a GPU idles meanwhile. */
export function readOutcome(outcome: Outcome): { lossSum: number; correct: number } {
  const values = { lossSum: outcome.lossSum.dataSync()[0]!, correct: outcome.correct.dataSync()[0]! }
  tf.dispose(outcome)
  return values
}
