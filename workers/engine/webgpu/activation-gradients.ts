import * as tf from '@tensorflow/tfjs-core'
import { SIGMOID_GRADIENT, TANH_GRADIENT } from '#workers/engine/ops/kernel-names.ts'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'

type Gradient = PortableKernel<{ dy: tf.Tensor; y: tf.Tensor }, undefined>

/** TensorFlow's kernels of these names: dy times the activation's derivative, which follows from its output y. */
export const tanhGrad: Gradient = {
  name: TANH_GRADIENT,
  compute: ({ dy, y }) => tf.mul(dy, tf.sub(1, tf.square(y))),
}
export const sigmoidGrad: Gradient = {
  name: SIGMOID_GRADIENT,
  compute: ({ dy, y }) => tf.mul(dy, tf.mul(y, tf.sub(1, y))),
}
