import * as tf from '@tensorflow/tfjs-core'
import type { Layer as LayerSpec } from '#domain/model-spec.ts'
import { activate, activationGradient } from './activation.ts'
import type { Layer } from './layer.ts'

/** y = activation(x kernel + bias), for x [batch, in], kernel [in, units] and bias [units]. */
export function dense({ name, activation }: Extract<LayerSpec, { type: 'dense' }>): Layer {
  return (params, x) => {
    const kernel = params[`${name}/kernel`] as tf.Tensor2D
    const bias = params[`${name}/bias`]!
    // tf.fused.matMul would reshape its operands to three dimensions and back, each an op of its own.
    const y = activate(activation, tf.add(tf.matMul(x, kernel), bias))
    return {
      y,
      pullback(dy) {
        const dz = activationGradient(activation, dy, y)
        return {
          gradients: { [`${name}/kernel`]: tf.matMul(x, dz, true), [`${name}/bias`]: tf.sum(dz, 0) },
          dx: () => tf.matMul(dz, kernel, false, true),
        }
      },
    }
  }
}
