import * as tf from '@tensorflow/tfjs-core'

/** How many rows of the logits [batch, classes] are largest at their label [batch]. */
export function correctCount(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'int32'))
}
