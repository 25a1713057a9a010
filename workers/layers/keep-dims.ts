import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

/** A global pool that keeps the pooled axes: its output is [batch, 1, ..., channels] instead of [batch, channels]. */
export function keepDims(pool: Layer, outputShape: readonly number[]): Layer {
  return call => {
    const { y, pullback } = pool(call)
    return {
      y: tf.reshape(y, [y.shape[0]!, ...outputShape]),
      pullback: dy => pullback(tf.reshape(dy, y.shape)),
    }
  }
}
