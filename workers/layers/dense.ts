import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import { sparseInputGradient, sparseProduct } from '#workers/engine/ops/sparse-products.ts'
import { activate, behindBias } from './activation.ts'
import type { Layer } from './layer.ts'
import { asRows, asSteps } from './rows.ts'

/**
 * y = activation(x kernel + bias), for x [batch, in] or [batch, time, in], kernel [in, units] and bias [units].
 * @param skipsZeros whether the products with the kernel leave out its zeros
 */
export function dense(
  { name, units, activation, biasInitializer }: LayerOf<'dense'>,
  skipsZeros = false,
): Layer {
  return ({ variables, inputs, pieces }) => {
    const x = inputs[0]!
    const rows = asRows(x)
    const kernel = variables[`${name}/kernel`] as tf.Tensor2D
    const bias = variables[`${name}/bias`]
    const linear = skipsZeros ? sparseProduct({ x: rows, filter: kernel, bias }) : affine(rows, kernel, bias)
    const activated = activate(activation, linear, pieces)
    return {
      y: asSteps(activated.y, x, units),
      pullback(dy) {
        const { dz, dbias } = behindBias(activated, asRows(dy), biasInitializer !== undefined)
        return {
          gradients: {
            [`${name}/kernel`]: tf.matMul(rows, dz as tf.Tensor2D, true),
            ...(dbias && { [`${name}/bias`]: dbias }),
          },
          dx() {
            const dx = skipsZeros
              ? sparseInputGradient({ x: rows, filter: kernel }, dz as tf.Tensor2D)
              : tf.matMul(dz as tf.Tensor2D, kernel, false, true)
            return asSteps(dx, x, kernel.shape[0])
          },
        }
      },
    }
  }
}

/** Not tf.fused.matMul, which reshapes its operands to three dimensions and back by separate ops. */
function affine(rows: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor | undefined): tf.Tensor {
  const product = tf.matMul(rows, kernel)
  return bias ? tf.add(product, bias) : product
}
