import * as tf from '@tensorflow/tfjs-core'
import type { GrdaSpec } from '#domain/optimizer-spec.ts'
import { growThreshold, INITIAL_THRESHOLD, type ThresholdState } from '#domain/threshold.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Transform } from './transform.ts'

export interface GrdaState {
  /** v, the dual average: what the weights would be without a threshold. */
  slots: { accumulator: tf.NamedTensorMap }
  clock: ThresholdState
}

/**
 * Generalized regularized dual averaging (Chao, Wang, Xing and Cheng, "Directional Pruning of Deep Neural Networks",
 * NeurIPS 2020, algorithm 1): v <- v - lr g, then w = sign(v) max(|v| - l1, 0), with l1 as `growThreshold` has it.
 */
export function grda(
  spec: Pick<GrdaSpec, 'c' | 'mu' | 'clock'>,
  learningRate: LearningRate,
  isPenalised: (variable: string) => boolean = () => true,
): Transform<GrdaState> {
  return {
    init: params => ({ slots: { accumulator: { ...params } }, clock: INITIAL_THRESHOLD }),
    update(gradients, { slots, clock: before }) {
      const rate = learningRate(before.step + 1)
      const clock = growThreshold(before, rate, spec)
      const accumulator = mapTensors(slots.accumulator, (v, name) =>
        tf.sub(v, tf.mul(gradients[name]!, rate)),
      )
      const params = mapTensors(accumulator, (v, name) =>
        clock.l1 > 0 && isPenalised(name) ? softThreshold(v, clock.l1) : v,
      )
      return { params, state: { slots: { accumulator }, clock } }
    },
  }
}

/** sign(v) max(|v| - l1, 0), as a difference that makes every zero +0: with -0 among them, files compress far worse. */
function softThreshold(v: tf.Tensor, l1: number): tf.Tensor {
  return tf.sub(v, tf.clipByValue(v, -l1, l1))
}
