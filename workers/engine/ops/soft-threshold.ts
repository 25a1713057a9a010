import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'

/** sign(v) max(|v| - limit, 0), where every zero is +0: with -0 among them, files compress far worse. */
export function softThreshold(v: tf.Tensor, limit: tf.Scalar): tf.Tensor {
  return tf.sub(v, clip(v, limit))
}

/** v within [-limit, limit]. tf.clipByValue takes its limits as numbers, which a graph could not be fed. */
function clip(v: tf.Tensor, limit: tf.Scalar): tf.Tensor {
  if (tf.getBackend() !== 'tensorflow') {
    const [bound] = limit.dataSync()
    return tf.clipByValue(v, -bound!, bound!)
  }
  const backend = nativeBackend()
  const attributes = [{ name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT }]
  return backend.executeSingleOutput('ClipByValue', attributes, [v, tf.neg(limit), limit])
}
