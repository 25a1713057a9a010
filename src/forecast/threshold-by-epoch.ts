import type { TrainingSpec } from '#domain/training-spec.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { isConstantBetween, type Position, scheduleFactor } from '#optimization/schedule-spec.ts'
import { growThreshold, INITIAL_THRESHOLD, type ThresholdState } from '#optimization/threshold.ts'
import { epochLength } from './epoch-length.ts'

const MOST_EPOCHS = 1000
const MOST_STEPS = 2_000_000
const SLICE_STEPS = 10_000

/** The last step of an epoch. */
export interface EpochEnd {
  epoch: number
  learningRate: number
  /** Present if the optimizer has a threshold. */
  state?: ThresholdState
}

/** The threshold before the first step. */
export function startState({ init }: TrainingSpec): ThresholdState {
  if (!init?.optimizerState) return INITIAL_THRESHOLD
  const { step, time = 0, l1 = 0 } = init.clock
  return { step, time, l1 }
}

/** Computes the ends of the first epochs, at most 1,000, in slices of a few milliseconds. */
export function* thresholdByEpoch(spec: TrainingSpec): Generator<void, EpochEnd[], void> {
  const { stepsPerEpoch } = epochLength(spec)
  const threshold = thresholdOf(spec.optimizer)
  const rateAt = rates(spec, stepsPerEpoch)
  const ends: EpochEnd[] = []
  let state = startState(spec)
  let budget = MOST_STEPS
  for (let epoch = 1; epoch <= Math.min(spec.epochs, MOST_EPOCHS) && budget > 0; epoch++) {
    const first = (epoch - 1) * stepsPerEpoch + 1
    const last = epoch * stepsPerEpoch
    const at = (step: number) => positionOf(spec, stepsPerEpoch, step)
    const stride = isConstantBetween(spec.schedule, at(first), at(last)) ? stepsPerEpoch : 1
    if (threshold) {
      for (let step = first; step <= last; step += stride) {
        state = growThreshold(state, rateAt(step), threshold, stride)
        if (step % SLICE_STEPS === 0) yield
      }
      budget -= stepsPerEpoch / stride
    }
    ends.push({ epoch, learningRate: rateAt(last), ...(threshold && { state }) })
    yield
  }
  return ends
}

/**
 * The last step at which a threshold is at most `l1`, counted from the start of the job; that of the last end if it stays below.
 * @param ends of `thresholdByEpoch`
 */
export function lastStepWithin(spec: TrainingSpec, ends: readonly EpochEnd[], l1: number): number {
  const { stepsPerEpoch } = epochLength(spec)
  const rule = thresholdOf(spec.optimizer)!
  const index = ends.findIndex(({ state }) => state!.l1 > l1)
  if (index === -1) return ends.length * stepsPerEpoch
  const before = ends[index - 1]?.state ?? startState(spec)
  const rate = rates(spec, stepsPerEpoch)(index * stepsPerEpoch + 1)
  let [low, high] = [0, stepsPerEpoch]
  while (low + 1 < high) {
    const middle = (low + high) >>> 1
    if (growThreshold(before, rate, rule, middle).l1 <= l1) low = middle
    else high = middle
  }
  return index * stepsPerEpoch + low
}

const SEGMENTS = 500

/** The threshold after a number of epochs, with the rates of 500 steps in between instead of all: within 1 %, in less than a millisecond. */
export function approximateThreshold(spec: TrainingSpec, epochs: number): number {
  const { stepsPerEpoch } = epochLength(spec)
  const rule = thresholdOf(spec.optimizer)!
  const rateAt = rates(spec, stepsPerEpoch)
  const steps = epochs * stepsPerEpoch
  const count = Math.min(SEGMENTS, steps)
  let state = startState(spec)
  for (let segment = 0; segment < count; segment++) {
    const [from, to] = [segment, segment + 1].map(end => Math.round((end * steps) / count))
    state = growThreshold(state, rateAt(Math.ceil((from! + to! + 1) / 2)), rule, to! - from!)
  }
  return state.l1
}

function rates(spec: TrainingSpec, stepsPerEpoch: number) {
  const { optimizer, schedule } = spec
  return (step: number) =>
    optimizer.learningRate * scheduleFactor(schedule, positionOf(spec, stepsPerEpoch, step))
}

function positionOf({ epochs }: TrainingSpec, stepsPerEpoch: number, step: number): Position {
  return { step, epochs, stepsPerEpoch }
}
