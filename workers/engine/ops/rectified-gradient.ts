import * as tf from '@tensorflow/tfjs-core'

/** The kernel of engines that compute both gradients in one pass over memory: `native/rectified-gradient.cc`. */
export const RECTIFIED_GRADIENT = 'RectifiedGradient'

export function hasRectifiedGradient(): boolean {
  return tf.getKernel(RECTIFIED_GRADIENT, tf.getBackend()) !== undefined
}

/** The gradients at z [..., channels] and at the bias [channels] behind y = relu(z), z = ... + bias, given the gradient at y. */
export function rectifiedGradient(dy: tf.Tensor, y: tf.Tensor): { dz: tf.Tensor; dbias: tf.Tensor } {
  const [dz, dbias] = tf.engine().runKernel<tf.Tensor[]>(RECTIFIED_GRADIENT, { dy, y })
  return { dz: dz!, dbias: dbias! }
}
