import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

/** All inputs one behind the other on the last axis. */
export const concatenate: Layer = ({ inputs }) => ({
  y: tf.concat([...inputs], -1),
  pullback: dy => ({
    gradients: {},
    dx(input) {
      const { shape } = inputs[input]!
      const before = inputs.slice(0, input).reduce((sum, other) => sum + other.shape.at(-1)!, 0)
      return tf.slice(dy, [...shape.slice(0, -1).fill(0), before], shape)
    },
  }),
})
