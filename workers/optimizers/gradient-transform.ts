import * as tf from '@tensorflow/tfjs-core'
import { mapTensors, pickTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer, Scalars, ScalarTensors, Slots } from './optimizer.ts'

/**
 * One stage between the gradients and the update that a step subtracts from the weights: a pair of `init` and `update`, as in Optax
 * (DeepMind 2020). Names of slots and scalars must be unique within a chain.
 */
export interface GradientTransform {
  /** Absent: it keeps no state. */
  init?(params: tf.NamedTensorMap): Slots
  /** The numbers that `update` needs in a step; steps count from 1. Absent: none. */
  scalars?(step: number): Scalars
  /** @param updates the gradients, or the updates of the stage before */
  update(
    updates: tf.NamedTensorMap,
    slots: Slots,
    params: tf.NamedTensorMap,
    scalars: ScalarTensors,
  ): { updates: tf.NamedTensorMap; slots: Slots }
}

/** Applies the transforms one after the other. */
export function chain(...transforms: readonly GradientTransform[]): GradientTransform {
  return {
    init: params => Object.assign({}, ...transforms.map(({ init }) => init?.(params))),
    scalars: step => Object.assign({}, ...transforms.map(({ scalars }) => scalars?.(step))),
    update: (gradients, slots, params, scalars) =>
      transforms.reduce(
        (before, transform) => {
          const { updates, slots: own } = transform.update(before.updates, slots, params, scalars)
          return { updates, slots: { ...before.slots, ...own } }
        },
        { updates: gradients, slots: {} as Slots },
      ),
  }
}

/** Applies the transform to the variables that `isMasked` accepts, and leaves the updates of the others unchanged. */
export function masked(
  transform: GradientTransform,
  isMasked: (variable: string) => boolean,
): GradientTransform {
  const pick = (tensors: tf.NamedTensorMap) => pickTensors(tensors, isMasked)
  return {
    ...transform,
    init: params => transform.init?.(pick(params)) ?? {},
    update(all, before, params, scalars) {
      const { updates, slots } = transform.update(pick(all), before, pick(params), scalars)
      return { updates: { ...all, ...updates }, slots }
    },
  }
}

/**
 * The optimizer that changes the weights by the updates of a transform, and counts its steps. @param apply returns the new weight; tf.add
 * for a transform whose updates are the changes themselves
 */
export function optimizerOf(
  { init, scalars, update }: GradientTransform,
  apply: (w: tf.Tensor, update: tf.Tensor) => tf.Tensor = tf.sub,
): Optimizer {
  return {
    clock: { step: 0 },
    init: params => init?.(params) ?? {},
    tick({ step }) {
      return { clock: { step: step + 1 }, scalars: scalars?.(step + 1) ?? {} }
    },
    update(gradients, before, params, numbers) {
      const { updates, slots } = update(gradients, before, params, numbers)
      return { params: mapTensors(params, (w, name) => apply(w, updates[name]!)), slots }
    },
  }
}

/** The optimizer, applied to gradients that are transformed first. */
export function transformGradients(transform: GradientTransform, optimizer: Optimizer): Optimizer {
  return {
    ...optimizer,
    init: params => ({ ...transform.init?.(params), ...optimizer.init(params) }),
    tick(before) {
      const { clock, scalars } = optimizer.tick(before)
      return { clock, scalars: { ...transform.scalars?.(clock.step), ...scalars } }
    },
    update(gradients, before, params, scalars) {
      const { updates, slots } = transform.update(gradients, before, params, scalars)
      const updated = optimizer.update(updates, before, params, scalars)
      return { ...updated, slots: { ...slots, ...updated.slots } }
    },
  }
}

export function scaleByLearningRate(learningRate: LearningRate): GradientTransform {
  return {
    scalars: step => ({ rate: learningRate(step) }),
    update: (updates, _, __, { rate }) => ({
      updates: mapTensors(updates, u => tf.mul(u, rate!)),
      slots: {},
    }),
  }
}
