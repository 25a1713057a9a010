import * as tf from '@tensorflow/tfjs-core'
import type { AdagradSpec } from '#optimization/optimizer-spec.ts'
import { type GradientTransform, optimizerOf } from './gradient-transform.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'

type Options = Pick<AdagradSpec, 'initialAccumulator' | 'epsilon'>

/** Adagrad as in Keras. */
export function adagrad(options: Options, learningRate: LearningRate): Optimizer {
  return optimizerOf(scaleByAdagrad(options, learningRate))
}

/**
 * lr g / sqrt(a + epsilon), where a is the sum of the squared gradients, its slot `squares`. The rate is inside because Keras
 * multiplies by it before it divides, which decides the last bit.
 */
function scaleByAdagrad(
  { initialAccumulator, epsilon }: Options,
  learningRate: LearningRate,
): GradientTransform {
  return {
    init: params => ({ squares: mapTensors(params, ({ shape }) => tf.fill(shape, initialAccumulator)) }),
    scalars: step => ({ rate: learningRate(step) }),
    update(gradients, slots, _, { rate }) {
      const squares = mapTensors(slots.squares!, (sum, name) => tf.add(sum, tf.square(gradients[name]!)))
      const updates = mapTensors(gradients, (g, name) => {
        // In a compiled graph, computing the product first would change the last bit.
        const scale = tf.rsqrt(tf.add(squares[name]!, epsilon))
        return tf.mul(tf.mul(g, rate!), scale)
      })
      return { updates, slots: { squares } }
    },
  }
}
