import * as tf from '@tensorflow/tfjs-core'
import type { SgdSpec } from '#domain/optimizer-spec.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Transform } from './transform.ts'

interface CountingState {
  slots: Record<string, never>
  clock: { step: number }
}

interface MomentumState {
  /** The running sum m of past moves. */
  slots: { momentum: tf.NamedTensorMap }
  clock: { step: number }
}

/** Stochastic gradient descent: w <- w - lr g. */
export function sgd(learningRate: LearningRate): Transform<CountingState> {
  return {
    init: () => ({ slots: {}, clock: { step: 0 } }),
    update(gradients, { clock }, params) {
      const step = clock.step + 1
      const rate = learningRate(step)
      const updated = mapTensors(params, (w, name) => tf.sub(w, tf.mul(gradients[name]!, rate)))
      return { params: updated, state: { slots: {}, clock: { step } } }
    },
  }
}

/**
 * The same with momentum, in Keras's convention: m <- momentum m - lr g, then w <- w + m, or with nesterov
 * w <- w + momentum m - lr g (Sutskever, Martens, Dahl and Hinton, ICML 2013, eq. 3 and 4).
 */
export function momentumSgd(
  { momentum, nesterov }: Pick<SgdSpec, 'momentum' | 'nesterov'>,
  learningRate: LearningRate,
): Transform<MomentumState> {
  return {
    init: params => ({ slots: { momentum: mapTensors(params, tf.zerosLike) }, clock: { step: 0 } }),
    update(gradients, { slots, clock }, params) {
      const step = clock.step + 1
      const rate = learningRate(step)
      const descent = mapTensors(gradients, gradient => tf.mul(gradient, -rate))
      const accelerate = (moved: tf.Tensor, name: string) => tf.add(tf.mul(moved, momentum), descent[name]!)
      const moves = mapTensors(slots.momentum, accelerate)
      const steps = nesterov ? mapTensors(moves, accelerate) : moves
      const updated = mapTensors(params, (w, name) => tf.add(w, steps[name]!))
      return { params: updated, state: { slots: { momentum: moves }, clock: { step } } }
    },
  }
}
