import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import type { Layer } from './layer.ts'
import { poolingWindow } from './max-pooling.ts'

/** The mean of each window's part inside the image. */
export function averagePooling(layer: LayerOf<'averagePooling2d'>): Layer {
  const window = poolingWindow(layer)
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
