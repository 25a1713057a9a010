import * as tf from '@tensorflow/tfjs-core'
import type { RmspropSpec } from '#domain/optimizer-spec.ts'
import { countSteps } from './count-steps.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer, Slots } from './optimizer.ts'

/** RMSprop as Keras has it. The slots are the running mean of the squared gradients and, with momentum, of past moves. */
export function rmsprop(
  { rho, momentum, epsilon }: Pick<RmspropSpec, 'rho' | 'momentum' | 'epsilon'>,
  learningRate: LearningRate,
): Optimizer {
  return {
    ...countSteps(learningRate),
    init(params) {
      const zeros = () => mapTensors(params, tf.zerosLike)
      return { squares: zeros(), ...(momentum > 0 && { momentum: zeros() }) }
    },
    update(gradients, slots, params, { rate }) {
      const squares = mapTensors(slots.squares!, (s, name) =>
        tf.add(tf.mul(s, rho), tf.mul(tf.square(gradients[name]!), 1 - rho)),
      )
      const descent = mapTensors(gradients, (gradient, name) =>
        tf.mul(tf.mul(gradient, rate!), tf.rsqrt(tf.add(squares[name]!, epsilon))),
      )
      const moves =
        momentum > 0
          ? mapTensors(slots.momentum!, (m, name) => tf.add(tf.mul(m, momentum), descent[name]!))
          : descent
      const updated: Slots = { squares, ...(momentum > 0 && { momentum: moves }) }
      return { params: mapTensors(params, (w, name) => tf.sub(w, moves[name]!)), slots: updated }
    },
  }
}
