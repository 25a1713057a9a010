import * as tf from '@tensorflow/tfjs-core'
import { RELU_GRADIENT } from '#workers/engine/ops/kernel-names.ts'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'

/** TensorFlow's kernel of this name: dy where relu's output y is positive, 0 elsewhere. */
export const reluGrad: PortableKernel<{ dy: tf.Tensor; y: tf.Tensor }, undefined> = {
  name: RELU_GRADIENT,
  compute: ({ dy, y }) => tf.mul(dy, tf.step(y)),
}
