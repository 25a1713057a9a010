import * as tf from '@tensorflow/tfjs-core'
import { SOFTMAX_CROSS_ENTROPY } from '#workers/engine/ops/kernel-names.ts'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'

/** Losses [rows] and the gradient of their sum [rows, classes], like TensorFlow's kernel of this name. */
export const sparseSoftmaxCrossEntropy: PortableKernel<
  { logits: tf.Tensor2D; labels: tf.Tensor1D },
  undefined
> = {
  name: SOFTMAX_CROSS_ENTROPY,
  compute: ({ logits, labels }) => {
    const correct = tf.oneHot(labels, logits.shape[1])
    const shifted = tf.sub(logits, tf.max(logits, 1, true))
    const powers = tf.exp(shifted)
    const sums = tf.sum(powers, 1, true)
    const ownLogits = tf.sum(tf.mul(shifted, correct), 1)
    return [tf.sub(tf.log(tf.squeeze(sums, [1])), ownLogits), tf.sub(tf.div(powers, sums), correct)]
  },
}
