import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

/** The mean of each channel over the pixels of x [batch, height, width, channels]. */
export const globalAveragePooling: Layer = ({ inputs }) => {
  const [batch, height, width, channels] = inputs[0]!.shape as [number, number, number, number]
  return {
    y: tf.mean(inputs[0]!, [1, 2]),
    pullback: dy => ({
      gradients: {},
      dx() {
        const share = tf.reshape(tf.div(dy, height * width), [batch, 1, 1, channels])
        return tf.tile(share, [1, height, width, 1])
      },
    }),
  }
}
