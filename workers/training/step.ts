import * as tf from '@tensorflow/tfjs-core'
import { takeRows } from '#workers/engine/bytes.ts'
import type { Routine, Variables } from '#workers/engine/program.ts'
import type { Model } from '#workers/layers/from-topology.ts'
import type { Optimizer } from '#workers/optimizers/optimizer.ts'
import { measure, type Objective } from './objective.ts'

/** What a step and an evaluation are made of. */
export interface StepFunctions {
  model: Model
  transform: Optimizer
  objective: Objective
  /** Makes what the model takes of a batch's examples. */
  normalise(x: tf.Tensor): tf.Tensor
}

/**
 * One step of the fold: forward, backward, update. Takes a batch, the seed of the pass, and the scalars of the optimizer's
 * tick.
 */
export function stepRoutine({ model, transform, objective, normalise }: StepFunctions): Routine {
  return ({ params, statistics, ...slots }, { x, labels, seed, ...scalars }) => {
    const pass = { seed: seed as tf.Tensor1D }
    const variables = { ...params, ...statistics }
    const { logits, statistics: moved, pullback } = model(variables, normalise(x!), pass)
    const loss = objective.loss(logits, labels!)
    const gradients = pullback(loss.gradientOfMean)
    const updated = transform.update(gradients, slots, params!, scalars as Record<string, tf.Scalar>)
    return {
      outputs: { lossSum: loss.sum, ...measure(objective.metrics, logits, labels!) },
      variables: { params: updated.params, statistics: moved, ...updated.slots },
    }
  }
}

/**
 * Steps in a row, each on a batch of the examples that are the variables `training`: takes their places `rows` [steps, batch],
 * `seeds` [steps, 2], and as `numbers` [steps, names] the scalars of the ticks by these names.
 */
export function stepsRoutine(ingredients: StepFunctions, names: readonly string[]): Routine {
  const step = stepRoutine(ingredients)
  return ({ training, ...variables }, { rows, seeds, numbers }) => {
    let current: Variables = variables
    let changed: Variables = {}
    const [seedOf, numbersOf] = [tf.unstack(seeds!), tf.unstack(numbers!)]
    const outcomes = tf.unstack(rows!).map((places, index) => {
      const values = tf.unstack(numbersOf[index]!)
      const scalars = Object.fromEntries(names.map((name, at) => [name, values[at]!]))
      const inputs = { ...takeExamples(training!, places), seed: seedOf[index]!, ...scalars }
      const result = step(current, inputs)
      changed = result.variables!
      // A step gives back the statistics that it moves, and leaves the others: those of a Normalization stay.
      current = { ...current, ...changed, statistics: { ...current.statistics, ...changed.statistics } }
      return result.outputs
    })
    return { outputs: stackEach(outcomes), variables: changed }
  }
}

/** Labels are held as floats, since a GPU keeps no int32 variables: classes [examples], or targets [examples, numbers]. */
function takeExamples(
  { x, labels }: tf.NamedTensorMap,
  places: tf.Tensor,
): { x: tf.Tensor; labels: tf.Tensor } {
  const taken = takeRows(labels!, places)
  return { x: takeRows(x!, places), labels: taken.rank === 1 ? tf.cast(taken, 'int32') : taken }
}

function stackEach(records: readonly tf.NamedTensorMap[]): tf.NamedTensorMap {
  const names = Object.keys(records[0]!)
  return Object.fromEntries(names.map(name => [name, tf.stack(records.map(record => record[name]!))]))
}

/** Measures the model as it is, on a batch or on `rows` [1, batch] of the examples that are the variables `validation`. */
export function evaluationRoutine({
  model,
  objective,
  normalise,
}: Omit<StepFunctions, 'transform'>): Routine {
  return ({ params, statistics, validation }, { rows, ...batch }) => {
    const { x, labels } = rows ? takeExamples(validation!, tf.unstack(rows)[0]!) : batch
    const { logits } = model({ ...params, ...statistics }, normalise(x!))
    const outputs: tf.NamedTensorMap = {
      lossSum: objective.loss(logits, labels!).sum,
      ...measure(objective.metrics, logits, labels!),
      ...objective.furtherMetrics(logits, labels!),
    }
    return { outputs }
  }
}
