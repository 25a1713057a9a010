import * as tf from '@tensorflow/tfjs-core'

/**
 * Both engines have a ReluGrad kernel: one pass, where the gradient of tfjs-core takes three. It needs relu's output
 * only, which the next layer keeps anyway.
 */
export function registerReluGradient(): void {
  tf.unregisterGradient(tf.Relu)
  tf.registerGradient({
    kernelName: tf.Relu,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => runReluGrad(dy as tf.Tensor, y!) }),
  })
  // For second derivatives: linear in dy, flat in y.
  tf.registerGradient({
    kernelName: 'ReluGrad',
    inputsToSave: ['y'],
    gradFunc: (dy, [y]) => ({ dy: () => runReluGrad(dy as tf.Tensor, y!), y: () => tf.zerosLike(y!) }),
  })
}

function runReluGrad(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel('ReluGrad', { dy, y }) as tf.Tensor
}
