import * as tf from '@tensorflow/tfjs-core'
import { RANDOM_UNIFORM } from './kernel-names.ts'

/** The kernel of engines that draw, compare and multiply in one pass over memory without a mask: `native/dropout.cc`. */
export const DROPOUT = 'Dropout'

/**
 * Sets a share `rate` of the elements of x to zero and scales up the others. `seed` [2] determines which elements.
 * @returns y, and the function from the gradient at y to the gradient at x
 */
export function dropUnits(
  x: tf.Tensor,
  seed: tf.Tensor,
  rate: number,
): { y: tf.Tensor; gradient(dy: tf.Tensor): tf.Tensor } {
  const scale = 1 / (1 - rate)
  if (tf.getKernel(DROPOUT, tf.getBackend())) {
    const drop = (tensor: tf.Tensor) =>
      tf.engine().runKernel<tf.Tensor[]>(DROPOUT, { x: tensor, seed }, { rate, scale })[0]!
    return { y: drop(x), gradient: drop }
  }
  const uniform = tf.engine().runKernel<tf.Tensor>(RANDOM_UNIFORM, { seed }, { shape: x.shape })
  const mask = tf.mul(tf.cast(tf.greaterEqual(uniform, rate), 'float32'), scale)
  return { y: tf.mul(x, mask), gradient: dy => tf.mul(dy, mask) }
}
