import * as tf from '@tensorflow/tfjs-core'
import type { GradientTransform } from './gradient-transform.ts'
import { mapTensors } from './map-tensors.ts'

/**
 * Sets the gradients of all weights that are zero to zero, so that a cut model trains on its support only: every optimizer leaves a weight
 * at +0 that is +0 and has never had a gradient. For an optimizer with the slot `accumulator` (gRDA), the support is where the
 * accumulator is not zero, so that a weight below the threshold can return.
 *
 * It must be the first transform: a norm of the gradients must not include those of zeros.
 */
export function onSupport(): GradientTransform {
  return {
    update: (gradients, { accumulator }, params) => ({
      updates: mapTensors(gradients, (g, name) => {
        const w = accumulator?.[name] ?? params[name]!
        return tf.where(tf.notEqual(w, 0), g, tf.zerosLike(g))
      }),
      slots: {},
    }),
  }
}
