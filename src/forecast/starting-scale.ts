import { phasesOf, sparsityBeforeCut } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { parameterCount } from '#network/variables.ts'
import type { Target } from '#optimization/cut.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { startingC } from '#optimization/steer-threshold.ts'
import { approximateThreshold, startState } from './threshold-by-epoch.ts'
import { drawnWeights, magnitudeWithin } from './weight-distribution.ts'

/** Bytes of a non-zero weight in model.sparse.safetensors, with its position: about, at 90 % zeros and more. */
const BYTES_PER_WEIGHT = 5

/** The scale c of the threshold in the first epoch of a job with a target. Later epochs correct it. @param spec its c does not matter */
export function startingScale(spec: TrainingSpec, target: Target): number {
  const topology = topologyOf(spec.model)
  const sparsity = sparsityBeforeCut(
    spec,
    target.sparsity ?? sparsityOf(target.sizeBytes!, parameterCount(topology)),
  )
  const perUnit = { ...spec, optimizer: { ...spec.optimizer, c: 1 } as TrainingSpec['optimizer'] }
  const start = startState(spec)
  const growth = approximateThreshold(perUnit, phasesOf(spec)[0].epochs).l1 - start.l1
  const weights = drawnWeights(topology, thresholdOf(spec.optimizer)?.exclude ?? [])
  const c = startingC({ l1: start.l1, quantile: magnitudeWithin(weights, sparsity) }, sparsity, growth)
  return Number(c.toPrecision(3))
}

function sparsityOf(sizeBytes: number, parameters: number): number {
  return Math.max(0, 1 - sizeBytes / (BYTES_PER_WEIGHT * parameters))
}
