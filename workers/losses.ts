import * as tf from '@tensorflow/tfjs-core'

/**
 * Cross-entropy of softmax(logits) [batch, classes] with integer labels [batch]: the sum over the batch, and the
 * gradient of the mean. Both names of the loss mean it, as Keras's two differ only in how labels are written.
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
): { sum: tf.Scalar; gradientOfMean: tf.Tensor2D } {
  const [losses, gradientOfSum] = tf
    .engine()
    .runKernel<tf.Tensor[]>('SparseSoftmaxCrossEntropyWithLogits', { logits, labels })
  return {
    sum: tf.sum(losses!),
    gradientOfMean: tf.div(gradientOfSum!, logits.shape[0]),
  }
}
