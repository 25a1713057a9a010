import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from './native/native-backend.ts'

/** Whether the engine computes where its values are read: a GPU would have to be waited for. */
export function hasItsValues(): boolean {
  if (tf.getBackend() === 'webgpu') return false
  return tf.getBackend() !== 'tensorflow' || !nativeBackend().isUsingGpuDevice
}
