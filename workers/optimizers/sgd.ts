import * as tf from '@tensorflow/tfjs-core'
import type { SgdSpec } from '#domain/optimizer-spec.ts'
import { countSteps } from './count-steps.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'

/** Stochastic gradient descent: w <- w - lr g. */
export function sgd(learningRate: LearningRate): Optimizer {
  return {
    ...countSteps(learningRate),
    init: () => ({}),
    update: (gradients, _, params, { rate }) => ({
      params: mapTensors(params, (w, name) => tf.sub(w, tf.mul(gradients[name]!, rate!))),
      slots: {},
    }),
  }
}

/**
 * The same with momentum, in Keras's convention: m <- momentum m - lr g, then w <- w + m, or with nesterov
 * w <- w + momentum m - lr g (Sutskever, Martens, Dahl and Hinton, ICML 2013, eq. 3 and 4). Its one slot is m, the
 * running sum of past moves.
 */
export function momentumSgd(
  { momentum, nesterov }: Pick<SgdSpec, 'momentum' | 'nesterov'>,
  learningRate: LearningRate,
): Optimizer {
  return {
    ...countSteps(learningRate),
    init: params => ({ momentum: mapTensors(params, tf.zerosLike) }),
    update(gradients, slots, params, { rate }) {
      const ascent = mapTensors(gradients, gradient => tf.mul(gradient, rate!))
      const accelerate = (moved: tf.Tensor, name: string) => tf.sub(tf.mul(moved, momentum), ascent[name]!)
      const moves = mapTensors(slots.momentum!, accelerate)
      const steps = nesterov ? mapTensors(moves, accelerate) : moves
      return {
        params: mapTensors(params, (w, name) => tf.add(w, steps[name]!)),
        slots: { momentum: moves },
      }
    },
  }
}
