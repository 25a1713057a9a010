import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import { dropUnits } from '#workers/engine/ops/dropout.ts'
import type { Layer } from './layer.ts'

/**
 * Silences a share of the units in training and scales the others up, so that the expected sum stays (Srivastava et al. 2014,
 * sec. 10, "inverted"), or of the examples (Huang et al. 2016, "stochastic depth"). Which follows from job seed, step and `salt` alone.
 *
 * @param salt tells a model's dropout layers apart
 */
export function dropout({ rate, perExample }: LayerOf<'dropout'>, salt: number): Layer {
  return ({ inputs, pass }) => {
    const x = inputs[0]!
    if (!pass) return { y: x, pullback: dy => ({ gradients: {}, dx: () => dy }) }
    const seed = tf.add(pass.seed, tf.tensor1d([salt, 0], 'int32'))
    if (perExample) {
      const factors = dropUnits(tf.ones([x.shape[0]!, ...x.shape.slice(1).fill(1)]), seed, rate).y
      return { y: tf.mul(x, factors), pullback: dy => ({ gradients: {}, dx: () => tf.mul(dy, factors) }) }
    }
    const { y, gradient } = dropUnits(x, seed, rate)
    return { y, pullback: dy => ({ gradients: {}, dx: () => gradient(dy) }) }
  }
}
