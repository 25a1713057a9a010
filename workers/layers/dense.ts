import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import { activate, behindBias } from './activation.ts'
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
    const activated = activate(activation, bias ? tf.add(product, bias) : product)
    return {
      y: asSteps(activated.y, x, units),
      pullback(dy) {
        const { dz, dbias } = behindBias(activated, asRows(dy), biasInitializer !== undefined)
        return {
          gradients: {
            [`${name}/kernel`]: tf.matMul(rows, dz as tf.Tensor2D, true),
            ...(dbias && { [`${name}/bias`]: dbias }),
          },
          dx: () => asSteps(tf.matMul(dz as tf.Tensor2D, kernel, false, true), x, kernel.shape[0]),
        }
      },
    }
  }
}
