import * as tf from '@tensorflow/tfjs-core'
import { sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import type { Layer } from '#workers/layers/layer.ts'

/** Each pixel of x [batch, height, width, channels] in as many rows and columns as `size` says. */
export function upSampling({ size }: LayerOf<'upSampling2d'>): Layer {
  const [rows, columns] = sidesOf(size)
  return ({ inputs }) => {
    const [batch, height, width, channels] = inputs[0]!.shape as [number, number, number, number]
    const tall = tf.tile(tf.reshape(inputs[0]!, [batch * height, 1, width * channels]), [1, rows, 1])
    const wide = tf.tile(tf.reshape(tall, [batch * height * rows * width, 1, channels]), [1, columns, 1])
    return {
      y: tf.reshape(wide, [batch, height * rows, width * columns, channels]),
      pullback: dy => ({
        gradients: {},
        // The sum over the pixels that were one.
        dx: () =>
          tf.mul(tf.avgPool(dy as tf.Tensor4D, [rows, columns], [rows, columns], 'valid'), rows * columns),
      }),
    }
  }
}
