import type { OptimizerSpec } from './optimizer-spec.ts'
import { isConstantBetween, type ScheduleSpec, scheduleFactor } from './schedule-spec.ts'
import { growThreshold, type ThresholdRule, type ThresholdState } from './threshold.ts'

/** The steps of a phase that a threshold grows in. */
export interface GrowthSpan {
  optimizer: Pick<OptimizerSpec, 'learningRate'>
  schedule: ScheduleSpec
  epochs: number
  stepsPerEpoch: number
}

/** The threshold after one more epoch, exactly as the optimizer computes it step by step. @param epoch counts from 1 */
export function growOverEpoch(
  state: ThresholdState,
  rule: Pick<ThresholdRule, 'c' | 'mu' | 'clock'>,
  { optimizer, schedule, epochs, stepsPerEpoch }: GrowthSpan,
  epoch: number,
): ThresholdState {
  const [first, last] = [(epoch - 1) * stepsPerEpoch + 1, epoch * stepsPerEpoch]
  const at = (step: number) => ({ step, epochs, stepsPerEpoch })
  const stride = isConstantBetween(schedule, at(first), at(last)) ? stepsPerEpoch : 1
  let grown = state
  for (let step = first; step <= last; step += stride)
    grown = growThreshold(grown, optimizer.learningRate * scheduleFactor(schedule, at(step)), rule, stride)
  return grown
}

/** By how much the threshold grows from an epoch on, per unit of c, until the last epoch. @param epoch the completed epochs */
export function remainingGrowth(
  state: ThresholdState,
  rule: Pick<ThresholdRule, 'mu' | 'clock'>,
  span: GrowthSpan,
  epoch: number,
): number {
  let grown = { ...state, l1: 0 }
  for (let next = epoch + 1; next <= span.epochs; next++)
    grown = growOverEpoch(grown, { ...rule, c: 1 }, span, next)
  return grown.l1
}
