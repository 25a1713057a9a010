import { growThreshold, type ThresholdRule, type ThresholdState } from './threshold.ts'

/**
 * A threshold l1 and the magnitude in the accumulator that as many values exceed as weights are wanted at the end, at one time of a
 * training. Both are in the units of the weights.
 */
export interface ThresholdReading {
  l1: number
  quantile: number
}

/** The most that the quantile is expected to grow per unit of l1. At 1, the threshold would never meet it. */
const LARGEST_DRIFT = 0.8

/** The most by which c grows from one epoch to the next: a late rise prunes weights that the network has no time to replace. */
const LARGEST_RISE = 2

/** `growthOfThreshold` computes at most this many terms. */
const TERMS = 100_000

/**
 * The growth of l1 per unit of c from a state until step `last`. It is exact up to 100,000 steps; in a longer training, each term covers
 * several steps at the learning rate of the one in their middle.
 */
export function growthOfThreshold(
  from: ThresholdState,
  { mu, clock }: Pick<ThresholdRule, 'mu' | 'clock'>,
  learningRate: (step: number) => number,
  last: number,
): number {
  const stride = Math.max(1, Math.ceil((last - from.step) / TERMS))
  let state: ThresholdState = { ...from, l1: 0 }
  while (state.step < last) {
    const steps = Math.min(stride, last - state.step)
    const rate = learningRate(state.step + Math.ceil(steps / 2))
    state = growThreshold(state, rate, { c: 1, mu, clock }, steps)
  }
  return state.l1
}

/**
 * The c with which the threshold meets the quantile at the last step. The quantile is that of the initial weights, raised by a measured
 * factor (docs/targets.md): training adds large weights, which an initial distribution does not have.
 * @param start before the first step
 * @param sparsity the wanted share of zeros at the last step, below 1
 * @param growth of l1 over the whole training per unit of c
 */
export function startingC(start: ThresholdReading, sparsity: number, growth: number): number {
  const goal = (1 + 0.03 / (1 - sparsity)) * start.quantile
  return growth > 0 ? Math.max(0, goal - start.l1) / growth : 0
}

/** An epoch of a training whose threshold is steered. */
export interface SteeredEpoch {
  /** Of this epoch. */
  c: number
  start: ThresholdReading
  end: ThresholdReading
  /** Of l1 from the end of the epoch to the last step, per unit of c. */
  growth: number
}

/**
 * The c of the next epoch. The large values of an accumulator grow along with the threshold, so the quantile recedes while l1 approaches it;
 * it is expected to grow by as much per unit of l1 as in this epoch. The first epochs say little about the last ones. Therefore, the l1 that
 * an unchanged c ends with is corrected only by the square of the share of it that is reached.
 */
export function nextC({ c, start, end, growth }: SteeredEpoch): number {
  if (growth <= 0) return c
  const unchanged = end.l1 + c * growth
  const goal = end.l1 + (end.quantile - end.l1) / (1 - driftIn(start, end))
  const share = unchanged > 0 ? end.l1 / unchanged : 1
  const next = (unchanged + share ** 2 * (goal - unchanged) - end.l1) / growth
  return Math.max(0, c > 0 ? Math.min(next, LARGEST_RISE * c) : next)
}

/** By how much the quantile grew per unit of l1, within 0 and `LARGEST_DRIFT`. */
function driftIn(start: ThresholdReading, end: ThresholdReading): number {
  const growth = end.l1 - start.l1
  if (growth <= 0) return 0
  return Math.min(Math.max((end.quantile - start.quantile) / growth, 0), LARGEST_DRIFT)
}
