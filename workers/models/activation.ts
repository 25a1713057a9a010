import * as tf from '@tensorflow/tfjs-core'
import type { Activation, LayerOf } from '#domain/model-spec.ts'
import type { Layer } from './layer.ts'

/** An activation as a layer of its own. */
export function activationLayer({ activation }: LayerOf<'activation'>): Layer {
  return ({ inputs }) => {
    const y = activate(activation, inputs[0]!)
    return { y, pullback: dy => ({ gradients: {}, dx: () => activationGradient(activation, dy, y) }) }
  }
}

export function activate(activation: Activation, z: tf.Tensor): tf.Tensor {
  switch (activation) {
    case 'linear':
      return z
    case 'relu':
      return tf.relu(z)
    case 'tanh':
      return tf.tanh(z)
    case 'sigmoid':
      return tf.sigmoid(z)
  }
}

/** Takes the gradient at an activation's output y to the gradient at its input. */
export function activationGradient(activation: Activation, dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  switch (activation) {
    case 'linear':
      return dy
    case 'relu':
      return tf.engine().runKernel('ReluGrad', { dy, y })
    case 'tanh':
      return tf.mul(dy, tf.sub(1, tf.square(y)))
    case 'sigmoid':
      return tf.mul(dy, tf.mul(y, tf.sub(1, y)))
  }
}
