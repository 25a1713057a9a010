import { cutOf, totalEpochs } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { epochLength } from '#forecast/epoch-length.ts'
import { forecastEpochs, type Knowledge, startOf } from '#forecast/forecast-epochs.ts'
import { forecastSizeBytes } from '#forecast/forecast-size.ts'
import { type ForecastBasis, lastEarlyThreshold, type SparsityForecast } from '#forecast/forecast-sparsity.ts'
import { type Recommendation, recommendScale } from '#forecast/recommend-scale.ts'
import { steeredSparsity } from '#forecast/starting-scale.ts'
import { lastStepWithin, startState, thresholdByEpoch } from '#forecast/threshold-by-epoch.ts'
import { totalWithin } from '#forecast/weight-distribution.ts'
import { parameterCount } from '#network/variables.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { estimateMemory } from './memory-estimate.ts'

const BYTES_PER_FLOAT = 4
/** Sizes that are more uncertain are not forecast. */
const LARGEST_SIZE_ERROR = 0.15

/** The end of an epoch. Sparsities are shares of zeros among all parameters. */
export interface PlannedEpoch {
  epoch: number
  /** Present in a job with several phases. */
  phase?: 'train' | 'fineTune'
  learningRate: number
  /** Present if the optimizer has one and the job has no target. */
  threshold?: number
  /** Share of the initial weights within the threshold: the sparsity if no gradient moved a weight. */
  initialSparsity?: number
  /** Absent if it cannot be forecast, like the next two. */
  forecastSparsity?: number
  forecastError?: number
  forecastBasis?: ForecastBasis
}

export interface Plan {
  parameters: number
  trainingExamples: number
  stepsPerEpoch: number
  /** Expected peak memory of the training process. */
  memoryBytes: number
  denseBytes: number
  /** Size of model.sparse.safetensors after the last epoch; absent if its sparsity is not known well enough. */
  forecastArtifactBytes?: number
  /** The last step at which the initial weights alone forecast the sparsity. */
  initialWeightsHoldSteps?: number
  /** At most the first 1,000 epochs. */
  epochs: PlannedEpoch[]
  recommendation?: Recommendation
}

export interface PlanOptions extends Knowledge {
  /** A sparsity to recommend a scale of the threshold for. */
  sparsity?: number | undefined
}

/** The facts and forecasts of a job that need no training. */
export function planJob(spec: TrainingSpec, options: PlanOptions = {}): Plan {
  const slices = planSlices(spec, options)
  for (;;) {
    const { done, value } = slices.next()
    if (done) return value
  }
}

/** Computes the plan in slices of a few milliseconds, between which the process can do other work. */
export function* planSlices(spec: TrainingSpec, options: PlanOptions = {}): Generator<void, Plan, void> {
  const parameters = parameterCount(topologyOf(spec.model))
  const { trainingExamples, stepsPerEpoch } = epochLength(spec)
  const ends = yield* thresholdByEpoch(spec)
  const start = yield* startOf(spec, options)
  // The measurements that forecasts follow from are of thresholds for single weights.
  const measured = thresholdOf(spec.optimizer)?.group ? undefined : start
  const forecasts = yield* forecastEpochs(spec, ends, measured)
  const forecastArtifactBytes = sizeAtEnd(spec, forecasts)
  const early = measured && lastEarlyThreshold(measured.weights, startState(spec).l1)
  const pruned = ends.filter(({ state }) => state)
  const sparsity = options.sparsity ?? (spec.target && steeredSparsity(spec, spec.target))
  const recommendation =
    measured && sparsity !== undefined ? yield* recommendScale(spec, measured, sparsity) : undefined
  const hasSeveralPhases = ends.at(-1)?.phase === 'fineTune'
  return {
    parameters,
    trainingExamples,
    stepsPerEpoch,
    memoryBytes: estimateMemory(spec),
    denseBytes: parameters * BYTES_PER_FLOAT,
    ...(forecastArtifactBytes !== undefined && { forecastArtifactBytes }),
    ...(early !== undefined &&
      pruned.length > 0 && { initialWeightsHoldSteps: lastStepWithin(spec, pruned, early) }),
    epochs: ends.map(({ epoch, phase, learningRate, state }, index) => ({
      epoch,
      ...(hasSeveralPhases && { phase }),
      learningRate,
      ...(state && { threshold: state.l1 }),
      ...(start && state && { initialSparsity: totalWithin(start.weights, state.l1) }),
      ...describeForecast(forecasts[index]),
    })),
    ...(recommendation && { recommendation }),
  }
}

/** @param forecasts by epoch; those after the planned epochs are not known */
function sizeAtEnd(
  spec: TrainingSpec,
  forecasts: readonly (SparsityForecast | undefined)[],
): number | undefined {
  const last = forecasts[totalEpochs(spec) - 1]
  // The size is nearly proportional to the non-zeros.
  if (!last || last.error > LARGEST_SIZE_ERROR * (1 - last.sparsity)) return undefined
  return Math.min(forecastSizeBytes(spec, last), cutOf(spec)?.sizeBytes ?? Number.POSITIVE_INFINITY)
}

function describeForecast(forecast: SparsityForecast | undefined) {
  return (
    forecast && {
      forecastSparsity: forecast.sparsity,
      forecastError: forecast.error,
      forecastBasis: forecast.basis,
    }
  )
}
