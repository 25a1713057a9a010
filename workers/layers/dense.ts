import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import { activate } from './activation.ts'
import type { Layer } from './layer.ts'
import { asRows, asSteps } from './rows.ts'

/** y = activation(x kernel + bias), for x [batch, in] or [batch, time, in], kernel [in, units] and bias [units]. */
export function dense({ name, units, activation, biasInitializer }: LayerOf<'dense'>): Layer {
  return ({ variables, inputs }) => {
    const x = inputs[0]!
    const rows = asRows(x)
    const kernel = variables[`${name}/kernel`] as tf.Tensor2D
    const bias = variables[`${name}/bias`]
    // Not tf.fused.matMul, which reshapes its operands to three dimensions and back by separate ops.
    const product = tf.matMul(rows, kernel)
    const { y, gradient } = activate(activation, bias ? tf.add(product, bias) : product)
    return {
      y: asSteps(y, x, units),
      pullback(dy) {
        const dz = gradient(asRows(dy)) as tf.Tensor2D
        return {
          gradients: {
            [`${name}/kernel`]: tf.matMul(rows, dz, true),
            ...(biasInitializer && { [`${name}/bias`]: tf.sum(dz, 0) }),
          },
          dx: () => asSteps(tf.matMul(dz, kernel, false, true), x, kernel.shape[0]),
        }
      },
    }
  }
}
