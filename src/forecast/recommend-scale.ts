import type { TrainingSpec } from '#domain/training-spec.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { startingC } from '#optimization/steer-threshold.ts'
import type { Start } from './forecast-epochs.ts'
import { OTHER_ERROR } from './forecast-sparsity.ts'
import { approximateThreshold } from './threshold-by-epoch.ts'
import { magnitudeWithin } from './weight-distribution.ts'

/** `finishedJobs`: of the same model and data. `otherNetworks`: the initial weights, and how far other networks were pruned. */
export const RECOMMENDATION_BASES = ['finishedJobs', 'otherNetworks'] as const

/** A scale c of the threshold with which the job is expected to end at a sparsity. */
export interface Recommendation {
  c: number
  sparsity: number
  /** Nine of ten recommendations led to a sparsity within this of the wanted one. */
  error: number
  basis: (typeof RECOMMENDATION_BASES)[number]
}

/** Scales are tried in steps of 2 %. */
const STEP = 1.02
const [LEAST, MOST] = [1e-7, 1e3]

/**
 * @param sparsity the wanted share of zeros after the last epoch before any cut
 * @returns undefined without a threshold, and for a job that starts from trained weights
 */
export function* recommendScale(
  spec: TrainingSpec,
  { forecast, weights }: Start,
  sparsity: number,
): Generator<void, Recommendation | undefined> {
  const rule = thresholdOf(spec.optimizer)
  if (!rule || spec.init) return undefined
  const unit = approximateThreshold(
    { ...spec, optimizer: { ...spec.optimizer, c: 1 } as typeof spec.optimizer },
    spec.epochs,
  )
  const momentOf = (c: number) => ({ l1: c * unit.l1, time: unit.time })
  const finished = yield* firstScale(c => {
    const at = forecast(momentOf(c))
    return at?.basis === 'finishedJobs' ? at.sparsity : undefined
  }, sparsity)
  if (finished !== undefined) {
    const { error } = forecast(momentOf(finished))!
    return { c: rounded(finished), sparsity, error, basis: 'finishedJobs' }
  }
  const c = startingC({ l1: 0, quantile: magnitudeWithin(weights, sparsity) }, sparsity, unit.l1)
  return { c: rounded(c), sparsity, error: OTHER_ERROR, basis: 'otherNetworks' }
}

/** The smallest scale that gives the sparsity; undefined unless a slightly smaller one gives less. */
function* firstScale(
  sparsityOf: (c: number) => number | undefined,
  wanted: number,
): Generator<void, number | undefined> {
  let before: number | undefined
  for (let c = LEAST; c <= MOST; c *= STEP) {
    const sparsity = sparsityOf(c)
    if (before !== undefined && sparsity !== undefined && before < wanted && sparsity >= wanted) return c
    before = sparsity
    yield
  }
  return undefined
}

function rounded(c: number): number {
  return Number(c.toPrecision(2))
}
