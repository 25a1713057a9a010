import * as tf from '@tensorflow/tfjs-core'
import type { AdamSpec } from '#optimization/optimizer-spec.ts'
import { type GradientTransform, optimizerOf } from './gradient-transform.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'

export type AdamOptions = Pick<AdamSpec, 'beta1' | 'beta2' | 'epsilon' | 'amsgrad'>

/** Adam and AMSGrad as in Keras. */
export function adam(options: AdamOptions, learningRate: LearningRate): Optimizer {
  return optimizerOf(scaleByAdam(options, learningRate))
}

/**
 * lr' m / (sqrt(s) + epsilon), where lr' = lr sqrt(1 - beta2^n) / (1 - beta1^n). Its slots are the moving averages m (`mean`) and
 * s (`squares`) of the gradients and of their squares, and with amsgrad the maximum of s (`largest`). The rate is inside because
 * Keras multiplies by it before it divides, which decides the last bit.
 */
export function scaleByAdam(
  { beta1, beta2, epsilon, amsgrad }: AdamOptions,
  learningRate: LearningRate,
): GradientTransform {
  const biasCorrection = (step: number) => Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step)
  return {
    init(params) {
      const zeros = () => mapTensors(params, tf.zerosLike)
      return { mean: zeros(), squares: zeros(), ...(amsgrad && { largest: zeros() }) }
    },
    scalars: step => ({ rate: learningRate(step) * biasCorrection(step) }),
    update(gradients, slots, _, { rate }) {
      const mean = mapTensors(slots.mean!, (average, name) => ema(average, gradients[name]!, 1 - beta1))
      const squares = mapTensors(slots.squares!, (average, name) =>
        ema(average, tf.square(gradients[name]!), 1 - beta2),
      )
      const maxSquares =
        amsgrad && mapTensors(slots.largest!, (most, name) => tf.maximum(most, squares[name]!))
      const updates = mapTensors(mean, (m, name) => {
        const deviation = tf.add(tf.sqrt((maxSquares || squares)[name]!), epsilon)
        return tf.div(tf.mul(m, rate!), deviation)
      })
      return { updates, slots: { mean, squares, ...(maxSquares && { largest: maxSquares }) } }
    },
  }
}

/** The exponential moving average after one more value. */
function ema(average: tf.Tensor, value: tf.Tensor, weight: number): tf.Tensor {
  return tf.add(average, tf.mul(tf.sub(value, average), weight))
}
