import * as tf from '@tensorflow/tfjs-core'
import type { GrdaSpec } from '#domain/optimizer-spec.ts'
import { growThreshold, INITIAL_THRESHOLD, type ThresholdState } from '#domain/threshold.ts'
import { softThreshold } from '#workers/engine/soft-threshold.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Transform } from './transform.ts'

/**
 * Generalized regularized dual averaging (Chao, Wang, Xing and Cheng, "Directional Pruning of Deep Neural Networks",
 * NeurIPS 2020, algorithm 1): v <- v - lr g, then w = sign(v) max(|v| - l1, 0), with l1 as `growThreshold` has it. Its one
 * slot is v, the `accumulator` of the dual average: what the weights would be without a threshold.
 */
export function grda(
  spec: Pick<GrdaSpec, 'c' | 'mu' | 'clock'>,
  learningRate: LearningRate,
  isPenalised: (variable: string) => boolean = () => true,
): Transform<ThresholdState> {
  const threshold = (accumulator: tf.NamedTensorMap, l1: tf.Scalar) =>
    mapTensors(accumulator, (v, name) => (isPenalised(name) ? softThreshold(v, l1) : v))
  return {
    clock: INITIAL_THRESHOLD,
    init: params => ({ accumulator: { ...params } }),
    tick(before) {
      const rate = learningRate(before.step + 1)
      const clock = growThreshold(before, rate, spec)
      return { clock, scalars: { rate, l1: clock.l1 } }
    },
    update(gradients, slots, _, { rate, l1 }) {
      const accumulator = mapTensors(slots.accumulator!, (v, name) =>
        tf.sub(v, tf.mul(gradients[name]!, rate!)),
      )
      return { params: threshold(accumulator, l1!), slots: { accumulator } }
    },
    paramsOf: ({ accumulator }, { l1 }) => threshold(accumulator!, tf.scalar(l1)),
  }
}
