import * as tf from '@tensorflow/tfjs-core'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'

type Gradient = PortableKernel<{ dy: tf.Tensor; y: tf.Tensor }, undefined>

/** TensorFlow's kernels of these names: dy times the activation's derivative, which follows from its output y. */
export const tanhGrad: Gradient = {
  name: 'TanhGrad',
  compute: ({ dy, y }) => tf.mul(dy, tf.sub(1, tf.square(y))),
}
export const sigmoidGrad: Gradient = {
  name: 'SigmoidGrad',
  compute: ({ dy, y }) => tf.mul(dy, tf.mul(y, tf.sub(1, y))),
}
