import * as tf from '@tensorflow/tfjs-core'
import type { Activation } from '#domain/model-spec.ts'

export function activate(activation: Activation, z: tf.Tensor): tf.Tensor {
  switch (activation) {
    case 'linear':
      return z
    case 'relu':
      return tf.relu(z)
  }
}

/** Takes the gradient at an activation's output y to the gradient at its input. */
export function activationGradient(activation: Activation, dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  switch (activation) {
    case 'linear':
      return dy
    case 'relu':
      return tf.engine().runKernel('ReluGrad', { dy, y })
  }
}
