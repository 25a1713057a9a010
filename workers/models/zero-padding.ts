import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import type { Layer } from './layer.ts'

/** Lines of zeros on each of the four sides of x [batch, height, width, channels]. */
export function zeroPadding({ padding }: LayerOf<'zeroPadding2d'>): Layer {
  return ({ inputs }) => {
    const x = inputs[0] as tf.Tensor4D
    return {
      y: tf.pad(x, [
        [0, 0],
        [padding, padding],
        [padding, padding],
        [0, 0],
      ]),
      pullback: dy => ({ gradients: {}, dx: () => tf.slice(dy, [0, padding, padding, 0], x.shape) }),
    }
  }
}
