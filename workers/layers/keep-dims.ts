import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

/** A global pool whose output [batch, channels] gets the pooled axes back: [batch, 1, ..., channels]. */
export function keepDims(pool: Layer, outputShape: readonly number[]): Layer {
  return call => {
    const { y, pullback } = pool(call)
    return {
      y: tf.reshape(y, [y.shape[0]!, ...outputShape]),
      pullback: dy => pullback(tf.reshape(dy, y.shape)),
    }
  }
}
