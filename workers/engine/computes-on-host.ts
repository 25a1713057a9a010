import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from './native/native-backend.ts'

/** Whether the engine computes in the host's memory. Otherwise reading a value waits for a GPU. */
export function computesOnHost(): boolean {
  if (tf.getBackend() === 'webgpu') return false
  return tf.getBackend() !== 'tensorflow' || !nativeBackend().isUsingGpuDevice
}
