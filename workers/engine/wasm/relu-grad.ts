import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './register-kernel.ts'

/** TensorFlow's kernel of this name: dy where relu's output y is positive, 0 elsewhere. */
export const reluGrad: WasmKernel<{ dy: tf.Tensor; y: tf.Tensor }, undefined> = {
  name: 'ReluGrad',
  compute: ({ dy, y }) => tf.mul(dy, tf.step(y)),
}
