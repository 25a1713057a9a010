import { cutOf, type PhaseCut } from '#domain/phases.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { startingC } from '#optimization/steer-threshold.ts'
import { sparsityWithin } from './file-size.ts'
import type { MeasuredPoint } from './finished-run.ts'
import { OTHER_ERROR, SIZE_ERROR, type SparsityForecast, spread } from './forecast-sparsity.ts'
import type { EpochEnd } from './threshold-by-epoch.ts'
import { magnitudeWithin, totalWithin, type WeightDistribution } from './weight-distribution.ts'

interface Known {
  weights: WeightDistribution
  points: readonly MeasuredPoint[]
}

/**
 * The sparsity after the cut that follows the phase `train`. A cut by magnitude cannot bring weights back, so a training that has pruned more
 * keeps its own sparsity; a threshold and a target can.
 * @param trained the forecast of the last epoch of that phase without the cut, which is the result if the job has none
 * @returns undefined if it is not known whether the training prunes more than the cut
 */
export function forecastCut(
  spec: TrainingSpec,
  trained: SparsityForecast | undefined,
  end: EpochEnd,
  known: Known,
): SparsityForecast | undefined {
  const cut = cutOf(spec)
  if (!cut) return trained
  const wanted = forecastGoal(spec, cut, known)
  if (cut.isExact || cut.rule === 'threshold') return wanted
  if (!trained) return isPrunedLess(spec, wanted.sparsity, end, known) ? wanted : undefined
  if (trained.sparsity > wanted.sparsity) return trained
  const most = trained.sparsity + trained.error
  return { ...wanted, error: Math.max(wanted.error, most - wanted.sparsity) }
}

/** The number of weights that a cut is for; a finished job of a similar sparsity shows how they are spread over the variables. */
function forecastGoal(
  spec: TrainingSpec,
  { sparsity: given, sizeBytes }: PhaseCut,
  { weights, points }: Known,
): SparsityForecast {
  const dense = weights.map(({ size }) => size)
  const countsAt = (sparsity: number) => {
    const away = (point: MeasuredPoint) => Math.abs(point.sparsity - sparsity)
    const [nearest] = points.toSorted((a, b) => away(a) - away(b))
    return sparsity === 0 ? dense : spread(nearest?.nonzero ?? dense, weights, sparsity)
  }
  const sparsity = given ?? sparsityWithin(spec, sizeBytes!, countsAt)
  const error = given === undefined && sparsity > 0 ? SIZE_ERROR * (1 - sparsity) : 0
  return { sparsity, error, basis: 'cut', nonzero: () => countsAt(sparsity) }
}

/** Whether a training whose sparsity cannot be forecast ends below a sparsity: for certain, or judged from other networks. */
function isPrunedLess(
  { init }: TrainingSpec,
  sparsity: number,
  { state }: EpochEnd,
  { weights }: Known,
): boolean {
  const l1 = state?.l1 ?? 0
  if (totalWithin(weights, l1) <= sparsity) return true
  const below = sparsity - OTHER_ERROR
  if (init || below <= 0) return false
  return l1 <= startingC({ l1: 0, quantile: magnitudeWithin(weights, below) }, below, 1)
}
