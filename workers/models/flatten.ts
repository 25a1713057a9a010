import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

/** Each example as one row. */
export const flatten: Layer = ({ inputs }) => {
  const x = inputs[0]!
  return {
    y: tf.reshape(x, [x.shape[0]!, -1]),
    pullback: dy => ({ gradients: {}, dx: () => tf.reshape(dy, x.shape) }),
  }
}
