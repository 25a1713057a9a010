import * as tf from '@tensorflow/tfjs-core'
import type { Clock } from '#optimization/clock.ts'

/** The state that an optimizer keeps on the device: tensors by slot and variable. Checkpoints store the names of the slots. */
export type Slots = Readonly<Record<string, tf.NamedTensorMap>>

/** The numbers of one step, by name. */
export type Scalars = Readonly<Record<string, number>>

/** The same on the device. */
export type ScalarTensors = Readonly<Record<string, tf.Scalar>>

/**
 * An optimizer as a value: a pair of `init` and `update`, pure functions of tensors on the device, and a clock on the host that
 * `tick` advances. All records of tensors have the same variables, float32.
 */
export interface Optimizer<State extends Clock = Clock> {
  /** The clock before the first step. */
  clock: State
  init(params: tf.NamedTensorMap): Slots
  /** The params, for an optimizer whose slots determine them exactly. Absent for others. */
  paramsOf?(slots: Slots, clock: State): tf.NamedTensorMap
  /** @returns the clock after the next step, and the numbers that the step's `update` needs */
  tick(clock: State): { clock: State; scalars: Scalars }
  /** @param gradients at `params` */
  update(
    gradients: tf.NamedTensorMap,
    slots: Slots,
    params: tf.NamedTensorMap,
    scalars: ScalarTensors,
  ): { params: tf.NamedTensorMap; slots: Slots }
}

/** The learning rate of a step. Steps count from 1 over the whole job. */
export type LearningRate = (step: number) => number

/** The ticks of the next `steps` steps. */
export function ticksFrom<State extends Clock>(
  { tick }: Pick<Optimizer<State>, 'tick'>,
  clock: State,
  steps: number,
): ReturnType<Optimizer<State>['tick']>[] {
  const ticks = [tick(clock)]
  while (ticks.length < steps) ticks.push(tick(ticks.at(-1)!.clock))
  return ticks
}

export function toScalars(scalars: Scalars): Record<string, tf.Scalar> {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, tf.scalar(value)]))
}
