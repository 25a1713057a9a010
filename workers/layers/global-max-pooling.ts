import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'
import { maxPooling } from './max-pooling.ts'

/** The maximum of each channel over the pixels of x [batch, height, width, channels], computed as one window of the size of the image. */
export const globalMaxPooling: Layer = call => {
  const [batch, height, width, channels] = call.inputs[0]!.shape as [number, number, number, number]
  const pool = maxPooling({ poolSize: [height, width] })
  const { y, pullback } = pool(call)
  return {
    y: tf.reshape(y, [batch, channels]),
    pullback: dy => pullback(tf.reshape(dy, [batch, 1, 1, channels])),
  }
}
