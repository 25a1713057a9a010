import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import type { Layer } from './layer.ts'

/** The mean of each poolSize x poolSize window; rows that fill none are left out. */
export function averagePooling({ poolSize, strides = poolSize }: LayerOf<'averagePooling2d'>): Layer {
  const window = { filterSize: poolSize, strides, pad: 'valid' }
  return ({ inputs }) => {
    const input = inputs[0] as tf.Tensor4D
    return {
      y: tf.avgPool(input, poolSize, strides, 'valid'),
      pullback: dy => ({
        gradients: {},
        dx: () => tf.engine().runKernel(tf.AvgPoolGrad, { dy, input }, window),
      }),
    }
  }
}
