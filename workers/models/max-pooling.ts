import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import { sidesOf } from '#domain/shape.ts'
import type { Layer } from './layer.ts'

/** The largest value of each window. */
export function maxPooling(layer: LayerOf<'maxPooling2d'>): Layer {
  const window = poolingWindow(layer)
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

/** What tfjs's kernels for pooling take. */
export function poolingWindow({
  poolSize,
  strides = poolSize,
  padding = 'valid',
}: LayerOf<'maxPooling2d' | 'averagePooling2d'>) {
  return { filterSize: [...sidesOf(poolSize)], strides: [...sidesOf(strides)], pad: padding } as {
    filterSize: [number, number]
    strides: [number, number]
    pad: 'valid' | 'same'
  }
}
