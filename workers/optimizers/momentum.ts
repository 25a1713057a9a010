import * as tf from '@tensorflow/tfjs-core'
import type { GradientTransform } from './gradient-transform.ts'
import { mapTensors } from './map-tensors.ts'

/**
 * Accumulates the updates u: v <- momentum v + u, and the new update is v, or with nesterov momentum v + u (Sutskever, Martens, Dahl and
 * Hinton, ICML 2013, eq. 3 and 4, as Keras evaluates them). Its slot is v.
 * @param combine tf.sub accumulates -u instead
 */
export function accumulateMomentum(
  { momentum, nesterov = false }: { momentum: number; nesterov?: boolean },
  combine: (velocity: tf.Tensor, update: tf.Tensor) => tf.Tensor = tf.add,
): GradientTransform {
  return {
    init: params => ({ momentum: mapTensors(params, tf.zerosLike) }),
    update(updates, slots) {
      const accumulate = (velocity: tf.Tensor, name: string) =>
        combine(tf.mul(velocity, momentum), updates[name]!)
      const velocity = mapTensors(slots.momentum!, accumulate)
      return {
        updates: nesterov ? mapTensors(velocity, accumulate) : velocity,
        slots: { momentum: velocity },
      }
    },
  }
}
