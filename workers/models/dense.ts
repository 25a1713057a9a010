import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import { activate, activationGradient } from './activation.ts'
import type { Layer } from './layer.ts'

/** y = activation(x kernel + bias), for x [batch, in], kernel [in, units] and bias [units]. */
export function dense({ name, activation, biasInitializer }: LayerOf<'dense'>): Layer {
  return ({ variables, inputs }) => {
    const x = inputs[0] as tf.Tensor2D
    const kernel = variables[`${name}/kernel`] as tf.Tensor2D
    const bias = variables[`${name}/bias`]
    // tf.fused.matMul would reshape its operands to three dimensions and back, each an op of its own.
    const product = tf.matMul(x, kernel)
    const y = activate(activation, bias ? tf.add(product, bias) : product)
    return {
      y,
      pullback(dy) {
        const dz = activationGradient(activation, dy, y)
        return {
          gradients: {
            [`${name}/kernel`]: tf.matMul(x, dz as tf.Tensor2D, true),
            ...(biasInitializer && { [`${name}/bias`]: tf.sum(dz, 0) }),
          },
          dx: () => tf.matMul(dz as tf.Tensor2D, kernel, false, true),
        }
      },
    }
  }
}
