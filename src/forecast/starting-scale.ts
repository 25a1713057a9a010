import { factsOf } from '#domain/dataset.ts'
import { phasesOf, sparsityBeforeCut } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Target } from '#optimization/cut.ts'
import { startingC } from '#optimization/steer-threshold.ts'
import { sparsityWithin } from './file-size.ts'
import { approximateThreshold, startState } from './threshold-by-epoch.ts'
import { drawnWeights, magnitudeWithin } from './weight-distribution.ts'

/** The scale c of the threshold in the first epoch of a job with a target. Later epochs correct it. @param spec its c does not matter */
export function startingScale(spec: TrainingSpec, target: Target): number {
  // The dataset is refused later: it has no number of steps.
  if (!factsOf(spec.dataset)) return 0
  const topology = topologyOf(spec.model)
  const sparsity = steeredSparsity(spec, target)
  const perUnit = { ...spec, optimizer: { ...spec.optimizer, c: 1 } as TrainingSpec['optimizer'] }
  const start = startState(spec)
  const growth = approximateThreshold(perUnit, phasesOf(spec)[0].epochs).l1 - start.l1
  const weights = drawnWeights(topology, spec.optimizer)
  const c = startingC({ l1: start.l1, quantile: magnitudeWithin(weights, sparsity) }, sparsity, growth)
  return Number(c.toPrecision(3))
}

/** The sparsity that a target steers the threshold to before the cut. That of a size is estimated from the format of the file. */
export function steeredSparsity(spec: TrainingSpec, { sparsity, sizeBytes }: Target): number {
  return sparsityBeforeCut(spec, sparsity ?? sparsityWithin(spec, sizeBytes!))
}
