import * as tf from '@tensorflow/tfjs-core'
import { activationOf, type Loss } from '#domain/loss.ts'

/** Maps the outputs of a network [batch, n] to its predictions, with the activation that the loss implies. */
export function outputActivationOf(loss: Loss): (outputs: tf.Tensor2D) => tf.Tensor2D {
  switch (activationOf(loss)) {
    case 'softmax':
      return outputs => tf.softmax(outputs)
    case 'sigmoid':
      return outputs => tf.sigmoid(outputs)
    case 'linear':
      return outputs => outputs
  }
}

/**
 * The decisions that metrics count, from the outputs of a network [batch, n], as floats: the class [batch] of a softmax, and 0 or 1 for
 * each sigmoid [batch, n]. None for numbers.
 */
export function decide(outputs: tf.Tensor2D, loss: Loss): tf.Tensor | undefined {
  switch (activationOf(loss)) {
    case 'softmax':
      return tf.cast(tf.argMax(outputs, 1), 'float32')
    case 'sigmoid':
      return tf.cast(tf.greater(outputs, 0), 'float32')
    case 'linear':
      return undefined
  }
}
