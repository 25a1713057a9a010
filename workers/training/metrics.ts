import * as tf from '@tensorflow/tfjs-core'

// Counted in floats, which are exact far beyond any batch: what a GPU is to compare or sum of int32s, TensorFlow takes to the host.

/** How many rows of the logits [batch, classes] are largest at their label [batch]. */
export function correctCount(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const isRight = tf.equal(tf.cast(tf.argMax(logits, 1), 'float32'), tf.cast(labels, 'float32'))
  return tf.sum(tf.cast(isRight, 'float32'))
}

/** How many rows of the logits [batch, classes] have their label [batch] among the `top` largest; equal ones count for it. */
export function topCount(logits: tf.Tensor2D, labels: tf.Tensor1D, top: number): tf.Scalar {
  const own = tf.sum(tf.mul(tf.oneHot(labels, logits.shape[1]), logits), 1, true)
  const larger = tf.sum(tf.cast(tf.greater(logits, own), 'float32'), 1)
  return tf.sum(tf.cast(tf.less(larger, top), 'float32'))
}

/** The share of each row's logits that lie on the side of its targets in [0, 1], summed over the rows. */
export function correctAnswers(logits: tf.Tensor2D, targets: tf.Tensor): tf.Scalar {
  const isRight = tf.equal(tf.greater(logits, 0), tf.greater(targets, 0.5))
  return tf.div(tf.sum(tf.cast(isRight, 'float32')), logits.shape[1])
}

/** The mean of |output - target| of each row, summed over the rows. */
export function absoluteErrorSum(outputs: tf.Tensor2D, targets: tf.Tensor): tf.Scalar {
  return tf.div(tf.sum(tf.abs(tf.sub(outputs, targets))), outputs.shape[1])
}
