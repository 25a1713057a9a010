import * as tf from '@tensorflow/tfjs-core'

/**
 * -log softmax(logits)[label] of every row [rows], for logits [rows, classes] and int32 labels [rows] in 0..classes-1
 * (another label gives NaN). Differentiable once, with respect to the logits.
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const loss = tf.customGrad((...args) => {
    const [z, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc]
    const [losses, gradient] = tf
      .engine()
      .runKernel('SparseSoftmaxCrossEntropyWithLogits', { logits: z, labels }) as tf.Tensor[]
    save([gradient!])
    return {
      value: losses!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.expandDims(dy, 1), saved[0]!),
    }
  })
  return loss(logits) as tf.Tensor1D
}
