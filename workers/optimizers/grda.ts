import * as tf from '@tensorflow/tfjs-core'
import type { OutputChannels } from '#network/output-channels.ts'
import type { Clock } from '#optimization/clock.ts'
import type { GrdaSpec } from '#optimization/optimizer-spec.ts'
import { growThreshold, INITIAL_THRESHOLD, type ThresholdState } from '#optimization/threshold.ts'
import { grdaStep } from '#workers/engine/ops/grda-step.ts'
import { softThreshold } from '#workers/engine/ops/soft-threshold.ts'
import { mapTensors } from './map-tensors.ts'
import type { LearningRate, Optimizer, Slots } from './optimizer.ts'
import { partition } from './partition.ts'
import { channelShrinkage, shrinkChannels } from './shrink-channels.ts'

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
    ...thresholdClock(options, learningRate),
    init: params => ({ accumulator: { ...params } }),
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

/** The clock of gRDA's threshold. Its scalars are the learning rate `rate` and the threshold `l1` of the step. */
function thresholdClock(
  options: Options,
  learningRate: LearningRate,
): Pick<Optimizer<SteeredThreshold>, 'clock' | 'tick'> {
  return {
    clock: INITIAL_THRESHOLD,
    tick(before) {
      const rate = learningRate(before.step + 1)
      const clock = {
        ...before,
        ...growThreshold(before, rate, { ...options, c: before.steering?.c ?? options.c }),
      }
      return { clock, scalars: { rate, l1: clock.l1 } }
    },
  }
}

/**
 * gRDA without a threshold on the variables that `isExcluded` accepts. @param groups of the others, those with a threshold for whole output
 * channels
 */
export function grdaExcluding(
  isExcluded: (variable: string) => boolean,
  options: Options,
  learningRate: LearningRate,
  groups: readonly OutputChannels[] = [],
): Optimizer {
  const parts: Record<string, Optimizer> = {
    penalised: grda(options, learningRate),
    ...(groups.length > 0 && { byChannel: grdaByChannel(groups, options, learningRate) }),
    free: dualAveraging(learningRate),
  }
  const grouped = new Set(groups.flatMap(({ members }) => members.map(({ name }) => name)))
  return partition<string>(parts, variable => {
    if (isExcluded(variable)) return 'free'
    return grouped.has(variable) ? 'byChannel' : 'penalised'
  })
}

/**
 * gRDA with a threshold for whole output channels: v <- v - lr g, then w_j = v_j max(0, 1 - l1 sqrt(n_j) / ||v_j||_2) for the n_j weights of
 * each channel j, the proximal step of the group lasso (Yuan and Lin, "Model selection and estimation in regression with grouped variables",
 * JRSS B 2006, equation 2.4) on a dual average (Xiao, "Dual Averaging Methods for Regularized Stochastic Learning and Online Optimization",
 * JMLR 2010; Yang, Xu, King and Lyu, "Online Learning for Group Lasso", ICML 2010, algorithm 1), with gRDA's l1.
 *
 * Its slots are v, the `accumulator`, and the share that the threshold takes from each channel, `shrinkage` [channels] by the kernel's name.
 * Both determine the weights to the bit, wherever they are computed; a norm would depend on the order of its sum.
 * @param groups contain every variable of the optimizer
 */
function grdaByChannel(
  groups: readonly OutputChannels[],
  options: Options,
  learningRate: LearningRate,
): Optimizer<SteeredThreshold> {
  return {
    ...thresholdClock(options, learningRate),
    init: params => ({
      accumulator: { ...params },
      shrinkage: Object.fromEntries(groups.map(({ kernel, channels }) => [kernel, tf.zeros([channels])])),
    }),
    update(gradients, slots, _, { rate, l1 }) {
      const accumulator = moved(slots.accumulator!, gradients, rate!)
      const shrinkage = Object.fromEntries(
        groups.map(group => [group.kernel, channelShrinkage(group, accumulator, l1!)]),
      )
      return { params: shrunk(groups, { accumulator, shrinkage }), slots: { accumulator, shrinkage } }
    },
    paramsOf: slots => shrunk(groups, slots),
  }
}

function shrunk(groups: readonly OutputChannels[], { accumulator, shrinkage }: Slots): tf.NamedTensorMap {
  const parts = groups.map(group =>
    shrinkChannels(group, accumulator!, shrinkage![group.kernel] as tf.Tensor1D),
  )
  return Object.assign({}, ...parts)
}

/** v - lr g */
function moved(
  accumulator: tf.NamedTensorMap,
  gradients: tf.NamedTensorMap,
  rate: tf.Scalar,
): tf.NamedTensorMap {
  return mapTensors(accumulator, (v, name) => tf.sub(v, tf.mul(gradients[name]!, rate)))
}

/** v <- v - lr g and w = v: SGD, with the slot that gRDA's checkpoints have for every variable. */
function dualAveraging(learningRate: LearningRate): Optimizer {
  return {
    clock: { step: 0 },
    init: params => ({ accumulator: { ...params } }),
    tick: ({ step }) => ({ clock: { step: step + 1 }, scalars: { rate: learningRate(step + 1) } }),
    update(gradients, slots, _, { rate }) {
      const accumulator = moved(slots.accumulator!, gradients, rate!)
      return { params: accumulator, slots: { accumulator } }
    },
    paramsOf: ({ accumulator }) => accumulator!,
  }
}
