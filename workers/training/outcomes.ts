import * as tf from '@tensorflow/tfjs-core'
import type { Routine } from '#workers/engine/program.ts'
import type { MetricSums, Objective } from './objective.ts'

/** What a routine found in its batch: the sum of the losses, and those of the metrics; of several steps, [steps] each. */
export type Outcome = { lossSum: tf.Scalar | tf.Tensor1D } & MetricSums

/** The same of one step, as numbers. */
export type Sums = { lossSum: number } & Record<string, number>

/** What is known of a step. */
export interface StepOutcome {
  /** Counted from 1 over the whole job. */
  step: number
  examples: number
  sums: Sums
}

/** The group of variables that hold the outcomes of the last steps, the newest at the end. */
export const OUTCOMES = 'outcomes'

/** Room for the outcomes of as many steps. */
export function roomForOutcomes({ metrics }: Objective, steps: number): tf.NamedTensorMap {
  const names = ['lossSum', ...Object.keys(metrics)]
  return Object.fromEntries(names.map(name => [name, tf.zeros([steps])]))
}

/**
 * The same steps, whose outcomes stay on the device: each call of the routine pushes them in at the end of the variables'
 * room. A queue needs no place to write at, which would be one more input.
 */
export function keepOutcomes(routine: Routine): Routine {
  return ({ [OUTCOMES]: kept, ...variables }, inputs) => {
    const { outputs, variables: changed } = routine(variables, inputs)
    const pushed = Object.entries(kept!).map(([name, before]) => {
      const sums = tf.cast(outputs[name]!, 'float32').flatten()
      return [name, tf.concat([tf.slice(before, sums.size), sums])] as const
    })
    return { outputs: {}, variables: { ...changed, [OUTCOMES]: Object.fromEntries(pushed) } }
  }
}

/** One record a step. Waits for the routine that made them, so a GPU idles meanwhile. */
export function readOutcome(outcome: Outcome): Sums[] {
  const values = Object.entries(outcome).map(([name, sums]) => [name, sums.dataSync()] as const)
  tf.dispose(outcome)
  return sumsOf(values)
}

/** One record a step. @param values of each step, by name */
export function sumsOf(values: Iterable<readonly [string, ArrayLike<number>]>): Sums[] {
  const columns = [...values]
  return Array.from(
    columns[0]![1],
    (_, step) => Object.fromEntries(columns.map(([name, sums]) => [name, sums[step]!])) as Sums,
  )
}
