import * as tf from '@tensorflow/tfjs-core'
import type { Routine } from './engine/program.ts'
import type { Model } from './models/from-topology.ts'
import type { MetricSums, Objective } from './objective.ts'
import type { Transform } from './optimizers/transform.ts'

/** What a routine found in its batch: the sum of the losses, and those of the metrics. */
export type Outcome = { lossSum: tf.Scalar } & MetricSums

/** What a step and an evaluation are made of. */
export interface Ingredients {
  model: Model
  transform: Transform
  objective: Objective
  /** Makes what the model takes of a batch's examples. */
  normalise(x: tf.Tensor): tf.Tensor
}

/**
 * One step of the fold: forward, backward, update. Takes a batch, the seed of the pass, and the scalars of the optimizer's
 * tick.
 */
export function stepRoutine({ model, transform, objective, normalise }: Ingredients): Routine {
  return ({ params, statistics, ...slots }, { x, labels, seed, ...scalars }) => {
    const pass = { seed: seed as tf.Tensor1D }
    const variables = { ...params, ...statistics }
    const { logits, statistics: moved, pullback } = model(variables, normalise(x!), pass)
    const loss = objective.loss(logits, labels!)
    const gradients = pullback(loss.gradientOfMean)
    const updated = transform.update(gradients, slots, params!, scalars as Record<string, tf.Scalar>)
    return {
      outputs: { lossSum: loss.sum, ...objective.metrics(logits, labels!) },
      variables: { params: updated.params, statistics: moved, ...updated.slots },
    }
  }
}

/** Measures the model as it is. */
export function evaluationRoutine({ model, objective, normalise }: Omit<Ingredients, 'transform'>): Routine {
  return ({ params, statistics }, { x, labels }) => {
    const { logits } = model({ ...params, ...statistics }, normalise(x!))
    const outputs: tf.NamedTensorMap = {
      lossSum: objective.loss(logits, labels!).sum,
      ...objective.metrics(logits, labels!),
      ...objective.furtherMetrics(logits, labels!),
    }
    return { outputs }
  }
}

/** Waits for the routine that made it, so a GPU idles meanwhile. */
export function readOutcome(outcome: Outcome): { lossSum: number } & Record<string, number> {
  const { lossSum, ...sums } = outcome
  const metrics = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum.dataSync()[0]!]))
  const values = { lossSum: lossSum.dataSync()[0]!, ...metrics }
  tf.dispose(outcome)
  return values
}
