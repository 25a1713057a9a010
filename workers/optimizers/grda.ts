import * as tf from '@tensorflow/tfjs-core'
import type { GrdaSpec } from '#domain/optimizer-spec.ts'
import { growThreshold, INITIAL_THRESHOLD, type ThresholdState } from '#domain/threshold.ts'
import { grdaStep } from '#workers/engine/ops/grda-step.ts'
import { softThreshold } from '#workers/engine/ops/soft-threshold.ts'
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
  return {
    clock: INITIAL_THRESHOLD,
    init: params => ({ accumulator: { ...params } }),
    tick(before) {
      const rate = learningRate(before.step + 1)
      const clock = growThreshold(before, rate, spec)
      return { clock, scalars: { rate, l1: clock.l1 } }
    },
    update(gradients, slots, _, { rate, l1 }) {
      const moves = Object.entries(slots.accumulator!).map(([name, v]) => {
        const g = gradients[name]!
        return [name, isPenalised(name) ? grdaStep(v, g, rate!, l1!) : freeStep(v, g, rate!)] as const
      })
      const collect = (part: 'accumulator' | 'weights') =>
        Object.fromEntries(moves.map(([name, move]) => [name, move[part]]))
      return { params: collect('weights'), slots: { accumulator: collect('accumulator') } }
    },
    paramsOf: ({ accumulator }, { l1 }) =>
      mapTensors(accumulator!, (v, name) => (isPenalised(name) ? softThreshold(v, tf.scalar(l1)) : v)),
  }
}

/** The step of a variable without a threshold. */
function freeStep(v: tf.Tensor, g: tf.Tensor, rate: tf.Scalar): ReturnType<typeof grdaStep> {
  const moved = tf.sub(v, tf.mul(g, rate))
  return { accumulator: moved, weights: moved }
}
