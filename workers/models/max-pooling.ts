import * as tf from '@tensorflow/tfjs-core'
import type { Layer as LayerSpec } from '#domain/model-spec.ts'
import type { Layer } from './layer.ts'

/** The largest value of each poolSize x poolSize window; windows touch, and rows that fill none are left out. */
export function maxPooling({ poolSize }: Extract<LayerSpec, { type: 'maxPooling2d' }>): Layer {
  const window = { filterSize: poolSize, strides: poolSize, pad: 'valid' }
  return (_, input) => {
    const output = tf.maxPool(input as tf.Tensor4D, poolSize, poolSize, 'valid')
    return {
      y: output,
      pullback: dy => ({
        gradients: {},
        dx: () => tf.engine().runKernel(tf.MaxPoolGrad, { dy, input, output }, window),
      }),
    }
  }
}
