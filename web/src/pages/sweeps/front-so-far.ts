import type { Trial } from '@thresher/client'
import { paretoFront } from '../../charts/scatter/pareto-front.ts'

/** Whether all measured trials have an accuracy; otherwise their loss takes its place. */
export function haveAccuracy(trials: readonly Trial[]): boolean {
  return trials.every(
    ({ metrics }) => metrics?.sparsity === undefined || metrics.validationAccuracy !== undefined,
  )
}

/** The ids of the trials that no other beats in quality and sparsity, the sparsest last: what the service reports once the sweep has ended. */
export function frontSoFar(trials: readonly Trial[]): number[] {
  const byAccuracy = haveAccuracy(trials)
  const points = trials.flatMap(({ id, metrics }) => {
    if (metrics?.sparsity === undefined) return []
    const { sparsity, validationAccuracy, validationLoss = Number.NaN } = metrics
    return { id, gain: byAccuracy ? validationAccuracy! : -validationLoss, cost: -sparsity }
  })
  return paretoFront(points)
    .sort((a, b) => b.cost - a.cost)
    .map(({ id }) => id)
}
