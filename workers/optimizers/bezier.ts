import * as tf from '@tensorflow/tfjs-core'
import { mapTensors } from './map-tensors.ts'
import { type LearningRate, type Optimizer, type ScalarTensors, type Slots, toScalars } from './optimizer.ts'

/** The weights of the first end, the bend and the last end at a position t in [0, 1] of a quadratic Bezier curve; they sum to 1. */
export function bezierWeights(t: number): { first: number; bend: number; last: number } {
  return { first: (1 - t) ** 2, bend: 2 * t * (1 - t), last: t ** 2 }
}

/**
 * Trains the bend theta of the curve phi(t) = (1-t)^2 first + 2t(1-t) theta + t^2 last between two models, which stay fixed: SGD on the
 * expectation of the loss over t, with one position per step (Garipov, Izmailov, Podoprikhin, Vetrov and Wilson 2018, "Loss Surfaces, Mode
 * Connectivity, and Fast Ensembling of DNNs", equations 2 and 3). By the chain rule, theta <- theta - lr 2t(1-t) g with the gradient g at
 * phi(t). Its slots are `bend`, `first` and `last`; the params are the point of the next step.
 * @param positionOf the position t of a step; steps count from 1
 */
export function bezier(positionOf: (step: number) => number, learningRate: LearningRate): Optimizer {
  return {
    clock: { step: 0 },
    init: params => ({ bend: { ...params }, first: { ...params }, last: { ...params } }),
    tick(before) {
      const step = before.step + 1
      const rate = learningRate(step) * bezierWeights(positionOf(step)).bend
      return { clock: { step }, scalars: { rate, ...bezierWeights(positionOf(step + 1)) } }
    },
    update(gradients, slots, _, scalars) {
      const bend = mapTensors(slots.bend!, (theta, name) =>
        tf.sub(theta, tf.mul(gradients[name]!, scalars.rate!)),
      )
      return { params: pointOf({ ...slots, bend }, scalars), slots: { bend } }
    },
    paramsOf: (slots, { step }) => pointOf(slots, toScalars(bezierWeights(positionOf(step + 1)))),
  }
}

function pointOf({ bend, first, last }: Slots, weights: ScalarTensors): tf.NamedTensorMap {
  return mapTensors(bend!, (theta, name) =>
    tf.add(
      tf.add(tf.mul(first![name]!, weights.first!), tf.mul(theta, weights.bend!)),
      tf.mul(last![name]!, weights.last!),
    ),
  )
}
