import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { epochLength } from '#forecast/epoch-length.ts'
import { type FinishedRun, settingOf } from '#forecast/finished-run.ts'
import { forecastSizeBytes } from '#forecast/forecast-size.ts'
import {
  type ForecastBasis,
  lastEarlyThreshold,
  type SparsityForecast,
  sparsityForecaster,
} from '#forecast/forecast-sparsity.ts'
import { lastStepWithin, startState, thresholdByEpoch } from '#forecast/threshold-by-epoch.ts'
import { checkpointWeights, drawnWeights, totalWithin } from '#forecast/weight-distribution.ts'
import { parameterCount, variablesOf } from '#network/variables.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { estimateMemory } from './memory-estimate.ts'

const BYTES_PER_FLOAT = 4

/** What is known about a job besides its spec. */
export interface Knowledge {
  /** The checkpoint of `init`. */
  initFile?: Uint8Array
  /** Of the same model, newest first. */
  runs?: readonly FinishedRun[]
}

/** The end of an epoch. Sparsities are shares of zeros among all parameters. */
export interface PlannedEpoch {
  epoch: number
  learningRate: number
  /** Present if the optimizer has one. */
  threshold?: number
  /** Share of the initial weights within the threshold: the sparsity if no gradient moved a weight. */
  initialSparsity?: number
  /** Absent if neither the initial weights nor finished jobs tell it. */
  forecastSparsity?: number
  forecastBasis?: ForecastBasis
}

export interface Plan {
  parameters: number
  trainingExamples: number
  stepsPerEpoch: number
  /** Expected peak memory of the training process. */
  memoryBytes: number
  denseBytes: number
  /** Size of model.sparse.safetensors after the last epoch; absent if its sparsity is not known. */
  forecastArtifactBytes?: number
  /** The last step at which the initial weights alone tell the sparsity. */
  initialWeightsHoldSteps?: number
  /** At most the first 1,000 epochs. */
  epochs: PlannedEpoch[]
}

/** The facts and forecasts of a job that need no training. */
export function planJob(spec: TrainingSpec, knowledge: Knowledge = {}): Plan {
  const slices = planSlices(spec, knowledge)
  for (;;) {
    const { done, value } = slices.next()
    if (done) return value
  }
}

/** Computes the plan in slices of a few milliseconds, between which the process can do other work. */
export function* planSlices(spec: TrainingSpec, knowledge: Knowledge = {}): Generator<void, Plan, void> {
  const parameters = parameterCount(topologyOf(spec.model))
  const ends = yield* thresholdByEpoch(spec)
  const start = yield* pruningStart(spec, knowledge)
  const forecasts: (SparsityForecast | undefined)[] = []
  for (const { state } of ends) {
    if (start && state) forecasts.push(start.forecast(state))
    yield
  }
  const last = ends.length === spec.epochs ? forecasts.at(-1) : undefined
  const artifact = isPruned(spec) ? last : unpruned(spec)
  const { trainingExamples, stepsPerEpoch } = epochLength(spec)
  return {
    parameters,
    trainingExamples,
    stepsPerEpoch,
    memoryBytes: estimateMemory(spec),
    denseBytes: parameters * BYTES_PER_FLOAT,
    ...(artifact && { forecastArtifactBytes: forecastSizeBytes(spec, artifact) }),
    ...(start && { initialWeightsHoldSteps: lastStepWithin(spec, ends, start.lastEarlyThreshold) }),
    epochs: ends.map(({ epoch, learningRate, state }, index) => ({
      epoch,
      learningRate,
      ...(state && { threshold: state.l1 }),
      ...(start && state && { initialSparsity: totalWithin(start.weights, state.l1) }),
      ...describeForecast(forecasts[index]),
    })),
  }
}

/** The weights that the threshold first meets, and what they and finished jobs forecast; undefined if they are not known. */
function* pruningStart(spec: TrainingSpec, { initFile, runs = [] }: Knowledge) {
  const threshold = thresholdOf(spec.optimizer)
  if (!threshold || (spec.init && !initFile)) return undefined
  const weights = initFile
    ? yield* checkpointWeights(spec, initFile)
    : drawnWeights(topologyOf(spec.model), threshold.exclude)
  const setting = settingOf(spec)
  // Jobs that started from random weights tell nothing about one that starts from trained ones.
  const similar = spec.init ? [] : runs.filter(run => run.setting === setting)
  const { l1 } = startState(spec)
  return {
    weights,
    forecast: sparsityForecaster(
      weights,
      similar.flatMap(run => run.points),
      l1,
    ),
    lastEarlyThreshold: lastEarlyThreshold(weights, l1),
  }
}

/** Whether the number of zeros at the end is not that of a dense network: zeros that a job starts with may remain. */
function isPruned({ optimizer, init }: TrainingSpec): boolean {
  return thresholdOf(optimizer) !== undefined || init !== undefined
}

function unpruned({ model }: TrainingSpec): Pick<SparsityForecast, 'nonzero'> {
  return { nonzero: () => variablesOf(topologyOf(model)).map(({ size }) => size) }
}

function describeForecast(forecast: SparsityForecast | undefined) {
  return forecast && { forecastSparsity: forecast.sparsity, forecastBasis: forecast.basis }
}
