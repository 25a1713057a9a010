import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'
import { type Pool, poolingWindow } from './pooling-window.ts'

/** The mean of the part of each window that is within the image. */
export function averagePooling(pool: Pool): Layer {
  const window = poolingWindow(pool)
  return ({ inputs }) => {
    const input = inputs[0] as tf.Tensor4D
    return {
      y: tf.avgPool(input, window.filterSize, window.strides, window.pad),
      pullback: dy => ({
        gradients: {},
        dx: () => tf.engine().runKernel(tf.AvgPoolGrad, { dy, input }, window),
      }),
    }
  }
}
