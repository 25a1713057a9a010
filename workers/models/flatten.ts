import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

/** Each example as one row. */
export const flatten: Layer = (_, x) => ({
  y: tf.reshape(x, [x.shape[0]!, -1]),
  pullback: dy => ({ gradients: {}, dx: () => tf.reshape(dy, x.shape) }),
})
