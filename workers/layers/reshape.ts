import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

/** Each example in another shape, its elements in the same order. */
export function reshape(shape: readonly number[]): Layer {
  return ({ inputs }) => {
    const x = inputs[0]!
    return {
      y: tf.reshape(x, [x.shape[0]!, ...shape]),
      pullback: dy => ({ gradients: {}, dx: () => tf.reshape(dy, x.shape) }),
    }
  }
}
