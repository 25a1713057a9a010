import * as tf from '@tensorflow/tfjs-core'
import type { AdamSpec } from '#domain/optimizer-spec.ts'
import { countSteps } from './count-steps.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer, Slots } from './optimizer.ts'

/** Adam and AMSGrad as Keras has them. The slots are the gradients' running mean, and their squares', and its maximum. */
export function adam(
  { beta1, beta2, epsilon, amsgrad }: Pick<AdamSpec, 'beta1' | 'beta2' | 'epsilon' | 'amsgrad'>,
  learningRate: LearningRate,
): Optimizer {
  const biasCorrection = (step: number) => Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step)
  return {
    ...countSteps(learningRate, biasCorrection),
    init(params) {
      const zeros = () => mapTensors(params, tf.zerosLike)
      return { mean: zeros(), squares: zeros(), ...(amsgrad && { largest: zeros() }) }
    },
    update(gradients, slots, params, { rate }) {
      const mean = mapTensors(slots.mean!, (m, name) => approach(m, gradients[name]!, 1 - beta1))
      const squares = mapTensors(slots.squares!, (s, name) =>
        approach(s, tf.square(gradients[name]!), 1 - beta2),
      )
      const largest = amsgrad && mapTensors(slots.largest!, (most, name) => tf.maximum(most, squares[name]!))
      const moved = mapTensors(params, (w, name) => {
        const deviation = tf.add(tf.sqrt((largest || squares)[name]!), epsilon)
        return tf.sub(w, tf.div(tf.mul(mean[name]!, rate!), deviation))
      })
      const updated: Slots = { mean, squares, ...(largest && { largest }) }
      return { params: moved, slots: updated }
    },
  }
}

/** The running average: a share of the way from it to the new value. */
function approach(average: tf.Tensor, value: tf.Tensor, share: number): tf.Tensor {
  return tf.add(average, tf.mul(tf.sub(value, average), share))
}
