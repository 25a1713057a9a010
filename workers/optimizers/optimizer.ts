import * as tf from '@tensorflow/tfjs-core'
import type { Clock } from '#domain/clock.ts'

/** What an optimizer remembers on the device: tensors by slot and variable. */
export type Slots = Readonly<Record<string, tf.NamedTensorMap>>

/** The numbers of one step. */
export type Scalars = Readonly<Record<string, number>>

/**
 * An optimizer as a value. On the host, `tick` goes from one step to the next; on the device, `update` takes the gradients
 * at `params` and gives what follows, changing nothing. All records have the same variables, float32.
 */
export interface Optimizer<State extends Clock = Clock> {
  /** Before the first step. */
  clock: State
  init(params: tf.NamedTensorMap): Slots
  /** The params, where they follow from the slots bit for bit. */
  paramsOf?(slots: Slots, clock: State): tf.NamedTensorMap
  /** The clock after the next step, and the numbers that the step's `update` needs. */
  tick(clock: State): { clock: State; scalars: Scalars }
  update(
    gradients: tf.NamedTensorMap,
    slots: Slots,
    params: tf.NamedTensorMap,
    scalars: Readonly<Record<string, tf.Scalar>>,
  ): { params: tf.NamedTensorMap; slots: Slots }
}

/** The learning rate of a step, counted from 1 over the whole job. */
export type LearningRate = (step: number) => number

/** The next ticks, one for each of some steps in a row. */
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
