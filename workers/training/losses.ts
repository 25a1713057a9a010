import * as tf from '@tensorflow/tfjs-core'
import { SOFTMAX_CROSS_ENTROPY } from '#workers/engine/ops/kernel-names.ts'

/** A loss over a batch: the sum of the examples' losses, and the gradient of their mean at the outputs. */
export interface LossAt {
  sum: tf.Scalar
  gradientOfMean: tf.Tensor2D
}

/**
 * Cross-entropy of softmax(logits) [batch, classes] with integer labels [batch]. Both names of the loss mean it, as Keras's two
 * differ only in how labels are written.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): LossAt {
  const [losses, gradientOfSum] = tf
    .engine()
    .runKernel<tf.Tensor[]>(SOFTMAX_CROSS_ENTROPY, { logits, labels })
  return {
    sum: tf.sum(losses!),
    gradientOfMean: tf.div(gradientOfSum!, logits.shape[0]),
  }
}

/** Cross-entropy of sigmoid(logits) with targets in [0, 1], both [batch, n]; an example's loss is the mean over its n. */
export function binaryCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor): LossAt {
  // max(z, 0) - z y + log(1 + exp(-|z|)): no exponential that could overflow.
  const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(logits))))
  const losses = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), softplus)
  return meanOverOutputs(losses, tf.sub(tf.sigmoid(logits), targets))
}

/** (output - target)^2, both [batch, n]; an example's loss is the mean over its n. */
export function squaredError(outputs: tf.Tensor2D, targets: tf.Tensor): LossAt {
  const difference = tf.sub(outputs, targets)
  return meanOverOutputs(tf.square(difference), tf.mul(difference, 2))
}

/** |output - target|, both [batch, n]; an example's loss is the mean over its n. */
export function absoluteError(outputs: tf.Tensor2D, targets: tf.Tensor): LossAt {
  const difference = tf.sub(outputs, targets)
  return meanOverOutputs(tf.abs(difference), tf.sign(difference))
}

/** @param losses of each output, @param gradient of each of those at its output */
function meanOverOutputs(losses: tf.Tensor, gradient: tf.Tensor): LossAt {
  const [batch, width] = losses.shape as [number, number]
  return {
    sum: tf.div(tf.sum(losses), width),
    gradientOfMean: tf.div(gradient, batch * width) as tf.Tensor2D,
  }
}
