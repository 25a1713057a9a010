import type { MeasuredPoint } from './finished-run.ts'
import { magnitudeWithin, totalWithin, type WeightDistribution } from './weight-distribution.ts'

/** A moment of a training: its threshold and the sum of its learning rates so far. */
export interface Moment {
  l1: number
  time: number
}

/**
 * `initialWeights`: gradients have hardly moved the weights yet. `finishedJobs`: estimated from jobs of the same model and data. `cut`: the
 * job cuts its weights to this sparsity.
 */
export const FORECAST_BASES = ['initialWeights', 'finishedJobs', 'cut'] as const
export type ForecastBasis = (typeof FORECAST_BASES)[number]

export interface SparsityForecast {
  sparsity: number
  /** Nine of ten forecasts were within this of the trained sparsity. */
  error: number
  basis: ForecastBasis
  /** @returns the expected number of non-zero values by variable, in model order */
  nonzero: () => number[]
  /** The most similar moment of a finished job, if the forecast is based on finished jobs. */
  nearest?: MeasuredPoint
}

/**
 * The share of parameters, beyond those that start at zero, up to which the initial weights alone forecast the sparsity. docs/dry-run.md has
 * the measurements, also of the errors.
 */
const EARLY_SHARE = 0.15
export const EARLY_ERROR = 0.003
/** Of the trained weights that a threshold newly covers, 40 to 70 % became zero. */
const TRAINED_SHARE = 0.6
const TRAINED_ERROR = 0.3

/** Of sparsities that are estimated from other networks and data. */
export const OTHER_ERROR = 0.06

/** The share of the non-zeros by which the number that fits in a file of a given size is uncertain: they are not spread evenly. */
export const SIZE_ERROR = 0.1

/** A finished job within this distance forecasts the sparsity: its threshold was up to e times smaller or larger at the same time. */
const REACH = 1

/** Steps of zero distance must not divide by zero. */
const NEAREST = 1e-3
/** Deficits below this share of the parameters are noise. */
const SMALLEST_DEFICIT = 1e-3

/**
 * The share of the initial weights within the threshold that training moves out of it, up to a factor: it grows with the training and with
 * the threshold while that is within the initial weights; beyond them, it falls. The exponents fit trainings of mnist-mlp and mnist-lenet
 * with fourteen combinations of c, mu, schedule and learning rate; only ratios between a measured and a wanted moment matter.
 * @param scale the threshold that 95 % of the initial weights are within
 */
function deficitShape({ l1, time }: Moment, scale: number): number {
  const x = l1 / scale
  return time ** 0.35 * (x < 1 ? x ** 2 : x ** -1.5)
}

/**
 * @param startL1 the threshold before the first step
 * @param isTrained whether the job starts from trained weights: more of the ones that the threshold newly covers move out of it
 * @returns a function that forecasts the sparsity at a moment from the weights that a job starts from; it returns undefined once too many
 * of them may have moved
 */
export function weightsForecaster(weights: WeightDistribution, startL1: number, isTrained: boolean) {
  const atStart = totalWithin(weights, startL1)
  const last = lastEarlyThreshold(weights, startL1)
  return ({ l1 }: Moment): SparsityForecast | undefined => {
    if (l1 > last) return undefined
    const covered = totalWithin(weights, l1) - atStart
    const sparsity = atStart + (isTrained ? TRAINED_SHARE * covered : covered)
    const nonzero = () => weights.map(({ size, shareWithin }) => size * (1 - shareWithin(l1)))
    return {
      sparsity,
      error: isTrained ? EARLY_ERROR + TRAINED_ERROR * covered : EARLY_ERROR,
      basis: 'initialWeights',
      nonzero: () => spread(nonzero(), weights, sparsity),
    }
  }
}

/** The threshold up to which the initial weights alone forecast the sparsity. */
export function lastEarlyThreshold(weights: WeightDistribution, startL1: number): number {
  return magnitudeWithin(weights, Math.min(1, totalWithin(weights, startL1) + EARLY_SHARE))
}

/**
 * The share of the initial weights within the threshold, less a deficit: the mean of the deficits at measured points, each scaled to the
 * moment by `deficitShape` and weighted by its inverse distance to the fourth power. Weights that shrink in training make a network sparser
 * than that; then the mean excess is added, in the logarithm of the odds.
 */
export function finishedJobsForecaster(weights: WeightDistribution, points: readonly MeasuredPoint[]) {
  const shareAt = (l1: number) => totalWithin(weights, l1)
  const scale = magnitudeWithin(weights, 0.95)
  const measured = points.map(point => {
    const share = shareAt(point.l1)
    const deficit = Math.max(SMALLEST_DEFICIT * share, share - point.sparsity)
    return {
      point,
      logDeficit: Math.log(deficit / deficitShape(point, scale)),
      excess: Math.max(0, logit(point.sparsity) - logit(share)),
    }
  })
  return (moment: Moment): SparsityForecast | undefined => {
    let [sum, logDeficit, excess, least] = [0, 0, 0, Number.POSITIVE_INFINITY]
    let [hasLower, hasHigher] = [false, false]
    let nearest: MeasuredPoint | undefined
    for (const { point, ...at } of measured) {
      const away = distance(point, moment)
      const weight = 1 / (away ** 2 + NEAREST) ** 2
      sum += weight
      logDeficit += weight * at.logDeficit
      excess += weight * at.excess
      if (away < least) [least, nearest] = [away, point]
      if (away <= REACH && point.l1 <= moment.l1) hasLower = true
      if (away <= REACH && point.l1 >= moment.l1) hasHigher = true
    }
    if (!nearest || least > REACH) return undefined
    const deficit = Math.exp(logDeficit / sum) * deficitShape(moment, scale)
    const sparsity = logistic(logit(Math.max(0, shareAt(moment.l1) - deficit)) + excess / sum)
    const { nonzero } = nearest
    return {
      sparsity,
      error: Math.min(EARLY_ERROR + (hasLower && hasHigher ? 0.015 : 0.04) * least, 0.5 * (1 - sparsity)),
      basis: 'finishedJobs',
      nearest,
      nonzero: () => spread(nonzero, weights, sparsity),
    }
  }
}

/** In the logarithms of threshold and time; the time matters a third as much. */
function distance(a: Moment, b: Moment): number {
  return Math.hypot(Math.log(a.l1 / b.l1), Math.log(a.time / b.time) / 3)
}

/** Non-zero values by variable whose total fits the sparsity, by the same shift of the log odds of every variable. */
export function spread(measured: readonly number[], weights: WeightDistribution, sparsity: number): number[] {
  const odds = weights.map(({ size }, index) => logit(measured[index]! / size))
  const at = (shift: number) => weights.map(({ size }, index) => size * logistic(odds[index]! + shift))
  const totalOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
  const wanted = (1 - sparsity) * weights.reduce((sum, { size }) => sum + size, 0)
  let [low, high] = [-20, 20]
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2
    if (totalOf(at(middle)) < wanted) low = middle
    else high = middle
  }
  return at(low)
}

const SMALLEST_SHARE = 1e-6

function logit(share: number): number {
  const inside = Math.min(1 - SMALLEST_SHARE, Math.max(SMALLEST_SHARE, share))
  return Math.log(inside / (1 - inside))
}

function logistic(odds: number): number {
  return 1 / (1 + Math.exp(-odds))
}
