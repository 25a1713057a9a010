import * as tf from '@tensorflow/tfjs-core'
import type { AdagradSpec } from '#domain/optimizer-spec.ts'
import { countSteps } from './count-steps.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'

/** Adagrad as Keras has it. Its one slot is the sum of the squared gradients. */
export function adagrad(
  { initialAccumulator, epsilon }: Pick<AdagradSpec, 'initialAccumulator' | 'epsilon'>,
  learningRate: LearningRate,
): Optimizer {
  return {
    ...countSteps(learningRate),
    init: params => ({ squares: mapTensors(params, ({ shape }) => tf.fill(shape, initialAccumulator)) }),
    update(gradients, slots, params, { rate }) {
      const squares = mapTensors(slots.squares!, (sum, name) => tf.add(sum, tf.square(gradients[name]!)))
      const moved = mapTensors(params, (w, name) => {
        const scale = tf.rsqrt(tf.add(squares[name]!, epsilon))
        return tf.sub(w, tf.mul(tf.mul(gradients[name]!, rate!), scale))
      })
      return { params: moved, slots: { squares } }
    },
  }
}
