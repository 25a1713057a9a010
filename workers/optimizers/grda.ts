import * as tf from '@tensorflow/tfjs-core'
import type { Clock } from '#optimization/clock.ts'
import type { GrdaSpec } from '#optimization/optimizer-spec.ts'
import { growThreshold, INITIAL_THRESHOLD, type ThresholdState } from '#optimization/threshold.ts'
import { grdaStep } from '#workers/engine/ops/grda-step.ts'
import { softThreshold } from '#workers/engine/ops/soft-threshold.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'
import { partition } from './partition.ts'

type Options = Pick<GrdaSpec, 'c' | 'mu' | 'clock'>

/** With the scale that a target has chosen for the current epoch, if the job has one. */
type SteeredThreshold = ThresholdState & Pick<Clock, 'steering'>

/**
 * Generalized regularized dual averaging (Chao, Wang, Xing and Cheng, "Directional Pruning of Deep Neural Networks", NeurIPS 2020,
 * algorithm 1): v <- v - lr g, then w = sign(v) max(|v| - l1, 0), where `growThreshold` returns l1. Its one slot is v, the `accumulator` of
 * the dual average: the weights without the threshold.
 */
export function grda(options: Options, learningRate: LearningRate): Optimizer<SteeredThreshold> {
  return {
    clock: INITIAL_THRESHOLD as SteeredThreshold,
    init: params => ({ accumulator: { ...params } }),
    tick(before) {
      const rate = learningRate(before.step + 1)
      const clock = {
        ...before,
        ...growThreshold(before, rate, { ...options, c: before.steering?.c ?? options.c }),
      }
      return { clock, scalars: { rate, l1: clock.l1 } }
    },
    update(gradients, slots, _, { rate, l1 }) {
      const steps = Object.entries(slots.accumulator!).map(
        ([name, v]) => [name, grdaStep(v, gradients[name]!, rate!, l1!)] as const,
      )
      const collect = (part: 'accumulator' | 'weights') =>
        Object.fromEntries(steps.map(([name, step]) => [name, step[part]]))
      return { params: collect('weights'), slots: { accumulator: collect('accumulator') } }
    },
    paramsOf: ({ accumulator }, { l1 }) => mapTensors(accumulator!, v => softThreshold(v, tf.scalar(l1))),
  }
}

/** gRDA without a threshold on the variables that `isExcluded` accepts. */
export function grdaExcluding(
  isExcluded: (variable: string) => boolean,
  options: Options,
  learningRate: LearningRate,
): Optimizer {
  const parts = { penalised: grda(options, learningRate), free: dualAveraging(learningRate) }
  return partition(parts, variable => (isExcluded(variable) ? 'free' : 'penalised'))
}

/** v <- v - lr g and w = v: SGD, with the slot that gRDA's checkpoints have for every variable. */
function dualAveraging(learningRate: LearningRate): Optimizer {
  return {
    clock: { step: 0 },
    init: params => ({ accumulator: { ...params } }),
    tick: ({ step }) => ({ clock: { step: step + 1 }, scalars: { rate: learningRate(step + 1) } }),
    update(gradients, slots, _, { rate }) {
      const accumulator = mapTensors(slots.accumulator!, (v, name) =>
        tf.sub(v, tf.mul(gradients[name]!, rate!)),
      )
      return { params: accumulator, slots: { accumulator } }
    },
    paramsOf: ({ accumulator }) => accumulator!,
  }
}
