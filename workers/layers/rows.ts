import * as tf from '@tensorflow/tfjs-core'

/** The steps of all sequences as rows: [batch, time, features] as [batch time, features]. Vectors are unchanged. */
export function asRows(x: tf.Tensor): tf.Tensor2D {
  return x.rank === 2 ? (x as tf.Tensor2D) : tf.reshape(x, [-1, x.shape.at(-1)!])
}

/** Rows of `features` as sequences with the lengths of `like`. */
export function asSteps(rows: tf.Tensor, like: tf.Tensor, features: number): tf.Tensor {
  return like.rank === 2 ? rows : tf.reshape(rows, [...like.shape.slice(0, -1), features])
}
