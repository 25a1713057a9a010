import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import type { Layer } from './layer.ts'

/** The largest value of each poolSize x poolSize window; rows that fill none are left out. */
export function maxPooling({ poolSize, strides = poolSize }: LayerOf<'maxPooling2d'>): Layer {
  const window = { filterSize: poolSize, strides, pad: 'valid' }
  return ({ inputs }) => {
    const input = inputs[0] as tf.Tensor4D
    const output = tf.maxPool(input, poolSize, strides, 'valid')
    return {
      y: output,
      pullback: dy => ({
        gradients: {},
        dx: () => tf.engine().runKernel(tf.MaxPoolGrad, { dy, input, output }, window),
      }),
    }
  }
}
