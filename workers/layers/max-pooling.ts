import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'
import { type Pool, poolingWindow } from './pooling-window.ts'

/** The maximum of each window. */
export function maxPooling(pool: Pool): Layer {
  const window = poolingWindow(pool)
  return ({ inputs }) => {
    const input = inputs[0] as tf.Tensor4D
    const output = tf.maxPool(input, window.filterSize, window.strides, window.pad)
    return {
      y: output,
      pullback: dy => ({
        gradients: {},
        dx: () => tf.engine().runKernel(tf.MaxPoolGrad, { dy, input, output }, window),
      }),
    }
  }
}
