import * as tf from '@tensorflow/tfjs-core'
import { takeRows } from '#workers/engine/bytes.ts'
import type { Routine, Variables } from '#workers/engine/program.ts'
import type { Model } from '#workers/layers/from-network.ts'
import { LinearPieces } from '#workers/layers/linear-pieces.ts'
import type { Optimizer, ScalarTensors } from '#workers/optimizers/optimizer.ts'
import type { Objective } from './losses.ts'
import { type MetricSums, measure } from './metrics.ts'

/** The functions that steps and evaluations are composed of. */
export interface StepFunctions {
  model: Model
  optimizer: Optimizer
  objective: Objective
  /** @returns the input of the model for the examples of a batch */
  normalise(x: tf.Tensor): tf.Tensor
}

/**
 * One step of the fold: forward, backward, update. Its inputs are a batch, the seed of the pass, and the scalars of the optimizer's
 * tick.
 */
export function stepRoutine({ model, optimizer, objective, normalise }: StepFunctions): Routine {
  return ({ params, statistics, ...slots }, { x, labels, seed, ...scalars }) => {
    const pass = { seed: seed as tf.Tensor1D }
    const forward = model({ ...params, ...statistics }, normalise(x!), pass)
    const loss = objective.loss(forward.logits, labels!)
    const gradients = forward.pullback(loss.gradientOfMean)
    const updated = optimizer.update(gradients, slots, params!, scalars as ScalarTensors)
    return {
      outputs: { lossSum: loss.sum, ...measure(objective.metrics, forward.logits, labels!) },
      variables: { params: updated.params, statistics: forward.statistics, ...updated.slots },
    }
  }
}

/**
 * Several steps, each on a batch of the examples in the variables `training`. Its inputs are the indices `rows` [steps, batch] of those
 * examples, `seeds` [steps, 2], and `numbers` [steps, names]: the scalars of the ticks under the given names.
 */
export function stepsRoutine(functions: StepFunctions, names: readonly string[]): Routine {
  const step = stepRoutine(functions)
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
      // A step returns only the statistics that it changes; those of a Normalization are constant.
      current = { ...current, ...changed, statistics: { ...current.statistics, ...changed.statistics } }
      return result.outputs
    })
    return { outputs: stackEach(outcomes), variables: changed }
  }
}

/** Labels are stored as floats, because a GPU keeps no int32 variables: classes [examples], or targets [examples, numbers]. */
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

/**
 * Measures the model on a batch, or on `rows` [1, batch] of the examples in the variables `validation`.
 * @param also further outputs, from the logits [batch, n]
 */
export function evaluationRoutine(
  { model, objective, normalise }: Omit<StepFunctions, 'optimizer'>,
  also: (logits: tf.Tensor2D) => tf.NamedTensorMap = () => ({}),
): Routine {
  return ({ params, statistics, validation }, { rows, ...batch }) => {
    const { x, labels } = rows ? takeExamples(validation!, tf.unstack(rows)[0]!) : batch
    const { logits } = model({ ...params, ...statistics }, normalise(x!))
    const outputs: tf.NamedTensorMap = {
      lossSum: objective.loss(logits, labels!).sum,
      ...measure(objective.metrics, logits, labels!),
      ...objective.furtherMetrics(logits, labels!),
      ...also(logits),
    }
    return { outputs }
  }
}

/**
 * The statistics of one batch, or of `rows` [1, batch] of the examples in the variables `training`, at every normalization. @param model
 * with normalizations that forget all earlier batches
 */
export function batchStatisticsRoutine({
  model,
  normalise,
}: Pick<StepFunctions, 'model' | 'normalise'>): Routine {
  return ({ params, statistics, training }, { rows, seed, ...batch }) => {
    const { x } = rows ? takeExamples(training!, tf.unstack(rows)[0]!) : batch
    const pass = { seed: seed as tf.Tensor1D }
    return { outputs: model({ ...params, ...statistics }, normalise(x!), pass).statistics }
  }
}

/**
 * Adds to the variables `product` the part of one batch, or of `rows` [1, batch] of the examples in the variables `validation`, in the product
 * of the Hessian of the summed loss with the variables `direction` d: the central difference (g(w + eps d) - g(w - eps d)) / (2 eps) of
 * gradients in evaluation mode, with piecewise linear layers on the pieces that they are on at w. The inputs `shift` and `factor` are eps and the size of the batch divided by 2 eps.
 */
export function curvatureRoutine({ model, objective, normalise }: Omit<StepFunctions, 'optimizer'>): Routine {
  return ({ params, statistics, validation, direction, product }, { rows, shift, factor, ...batch }) => {
    const { x, labels } = rows ? takeExamples(validation!, tf.unstack(rows)[0]!) : batch
    const input = normalise(x!)
    const pieces = new LinearPieces()
    const forwardAt = (weights: tf.NamedTensorMap) =>
      model({ ...weights, ...statistics }, input, undefined, pieces)
    forwardAt(params!)
    const gradientAt = (eps: tf.Tensor) => {
      const moved = Object.entries(params!).map(([name, w]) => [
        name,
        tf.add(w, tf.mul(direction![name]!, eps)),
      ])
      const { logits, pullback } = forwardAt(Object.fromEntries(moved))
      return pullback(objective.loss(logits, labels!).gradientOfMean)
    }
    const [ahead, behind] = [gradientAt(shift!), gradientAt(tf.neg(shift!))]
    const sums = Object.entries(product!).map(([name, sum]) => [
      name,
      tf.add(sum, tf.mul(tf.sub(ahead[name]!, behind[name]!), factor!)),
    ])
    return { outputs: {}, variables: { product: Object.fromEntries(sums) } }
  }
}

/** Outputs of a routine: the sum of the losses over the batch and those of the metrics, scalars or [steps] for several steps. */
export type Outcome = { lossSum: tf.Scalar | tf.Tensor1D } & MetricSums

/** The same for one step, as numbers. */
export type Sums = { lossSum: number } & Record<string, number>

/** The sums of a step over its examples, and the number of examples. */
export interface StepOutcome {
  /** Counted from 1 over the phase. */
  step: number
  examples: number
  sums: Sums
}

/** Waits for the routine that computed the outcome, so a GPU idles meanwhile. Disposes its tensors. @returns one record per step */
export function readOutcome(outcome: Outcome): Sums[] {
  const values = Object.entries(outcome).map(([name, sums]) => [name, sums.dataSync()] as const)
  tf.dispose(outcome)
  return sumsOf(values)
}

/** @param values of each step, by name @returns one record per step */
export function sumsOf(values: Iterable<readonly [string, ArrayLike<number>]>): Sums[] {
  const columns = [...values]
  return Array.from(
    columns[0]![1],
    (_, step) => Object.fromEntries(columns.map(([name, sums]) => [name, sums[step]!])) as Sums,
  )
}

/** The group of variables that contain the outcomes of the latest steps, newest last. */
export const OUTCOMES = 'outcomes'

/** Zeros for the outcomes of `steps` steps. */
export function emptyOutcomes({ metrics }: Objective, steps: number): tf.NamedTensorMap {
  const names = ['lossSum', ...Object.keys(metrics)]
  return Object.fromEntries(names.map(name => [name, tf.zeros([steps])]))
}

/**
 * The same steps with their outcomes kept on the device: each call appends them to the variables `outcomes` and removes the oldest. A ring
 * buffer would need the write position as a further input.
 */
export function keepOutcomes(routine: Routine): Routine {
  return ({ [OUTCOMES]: kept, ...variables }, inputs) => {
    const { outputs, variables: changed } = routine(variables, inputs)
    const appended = Object.entries(kept!).map(([name, before]) => {
      const sums = tf.cast(outputs[name]!, 'float32').flatten()
      return [name, tf.concat([tf.slice(before, sums.size), sums])] as const
    })
    return { outputs: {}, variables: { ...changed, [OUTCOMES]: Object.fromEntries(appended) } }
  }
}
