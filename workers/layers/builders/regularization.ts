import * as tf from '@tensorflow/tfjs-core'
import type { REGULARIZATION_LAYERS } from '#network/layers/regularization.ts'
import type { LayerOf } from '#network/topology.ts'
import { dropUnits } from '#workers/engine/ops/dropout.ts'
import type { Layer } from '#workers/layers/layer.ts'
import type { LayerBuilders } from './layer-builder.ts'

export const REGULARIZATION_BUILDERS: LayerBuilders<keyof typeof REGULARIZATION_LAYERS> = {
  dropout: ({ layer }, position) => dropout(layer, position),
}

/**
 * In training, sets a share of the units to zero and scales the others up, which keeps the expected sum (Srivastava et al. 2014, sec. 10,
 * "inverted"), or a share of the examples (Huang et al. 2016, "stochastic depth"). The job's seed, the step and `salt` alone determine
 * which.
 * @param salt distinguishes the dropout layers of a model
 */
function dropout({ rate, perExample }: LayerOf<'dropout'>, salt: number): Layer {
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
