import * as tf from '@tensorflow/tfjs-core'
import type { GradientTransform } from './gradient-transform.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate } from './optimizer.ts'

/** Adds lr weightDecay w to an update that is already scaled by the learning rate. */
export function addDecayedWeights(weightDecay: number, learningRate: LearningRate): GradientTransform {
  return {
    scalars: step => ({ decay: learningRate(step) * weightDecay }),
    update: (updates, _, params, { decay }) => ({
      updates: mapTensors(updates, (u, name) => tf.add(u, tf.mul(params[name]!, decay!))),
      slots: {},
    }),
  }
}
