import * as tf from '@tensorflow/tfjs-core'
import type { GradientTransform } from './gradient-transform.ts'
import { mapTensors } from './map-tensors.ts'

/**
 * Multiplies every gradient by maxNorm / max(norm, maxNorm), where norm is the L2 norm of all gradients together (Pascanu, Mikolov and
 * Bengio, ICML 2013, algorithm 1). If the norm is not larger than maxNorm, the factor is exactly 1.
 */
export function clipByGlobalNorm(maxNorm: number): GradientTransform {
  return {
    update(gradients) {
      const squares = Object.values(gradients).map(g => tf.sum(tf.square(g)))
      const norm = tf.sqrt(tf.addN(squares))
      const factor = tf.div(maxNorm, tf.maximum(norm, maxNorm))
      return { updates: mapTensors(gradients, g => tf.mul(g, factor)), slots: {} }
    },
  }
}
