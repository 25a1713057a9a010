import * as tf from '@tensorflow/tfjs-core'

/** An engine that runs graphs has a kernel of this name, since a graph cannot be fed the numbers that tf.clipByValue takes. */
export const CLIP_BY_TENSOR = 'ClipByTensor'

/** sign(v) max(|v| - limit, 0), where every zero is +0, because files with -0 among the zeros compress far worse. */
export function softThreshold(v: tf.Tensor, limit: tf.Scalar): tf.Tensor {
  return tf.sub(v, clip(v, limit))
}

/** v within [-limit, limit]. */
function clip(x: tf.Tensor, limit: tf.Scalar): tf.Tensor {
  if (tf.getKernel(CLIP_BY_TENSOR, tf.getBackend()))
    return tf.engine().runKernel(CLIP_BY_TENSOR, { x, limit })
  const [bound] = limit.dataSync()
  return tf.clipByValue(x, -bound!, bound!)
}
