import * as tf from '@tensorflow/tfjs-core'
import type { RmspropSpec } from '#optimization/optimizer-spec.ts'
import { chain, type GradientTransform, optimizerOf } from './gradient-transform.ts'
import { mapTensors } from './map-tensors.ts'
import { accumulateMomentum } from './momentum.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'

type Options = Pick<RmspropSpec, 'rho' | 'epsilon'>

/** RMSprop as in Keras. With momentum, its slot `momentum` accumulates what is subtracted from the weights. */
export function rmsprop(
  { momentum, ...options }: Options & Pick<RmspropSpec, 'momentum'>,
  learningRate: LearningRate,
): Optimizer {
  const scale = scaleByRms(options, learningRate)
  return optimizerOf(momentum === 0 ? scale : chain(scale, accumulateMomentum({ momentum })))
}

/**
 * lr g / sqrt(s + epsilon), where s is the moving average of the squared gradients, its slot `squares`. The rate is inside because
 * Keras multiplies by it before it divides, which decides the last bit.
 */
function scaleByRms({ rho, epsilon }: Options, learningRate: LearningRate): GradientTransform {
  return {
    init: params => ({ squares: mapTensors(params, tf.zerosLike) }),
    scalars: step => ({ rate: learningRate(step) }),
    update(gradients, slots, _, { rate }) {
      const squares = mapTensors(slots.squares!, (s, name) =>
        tf.add(tf.mul(s, rho), tf.mul(tf.square(gradients[name]!), 1 - rho)),
      )
      const updates = mapTensors(gradients, (g, name) =>
        tf.mul(tf.mul(g, rate!), tf.rsqrt(tf.add(squares[name]!, epsilon))),
      )
      return { updates, slots: { squares } }
    },
  }
}
