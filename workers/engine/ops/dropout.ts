import * as tf from '@tensorflow/tfjs-core'

/** An engine that has a kernel of this name draws, compares and multiplies in one pass over memory, and needs no mask: `native/dropout.cc`. */
export const DROPOUT = 'Dropout'

/** x with the share `rate` of its elements made zero, those that `seed` [2] says, and the others scaled up; and the way back for a gradient. */
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
  const uniform = tf.engine().runKernel<tf.Tensor>('StatelessRandomUniform', { seed }, { shape: x.shape })
  const mask = tf.mul(tf.cast(tf.greaterEqual(uniform, rate), 'float32'), scale)
  return { y: tf.mul(x, mask), gradient: dy => tf.mul(dy, mask) }
}
