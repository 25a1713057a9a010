import { phasesOf } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { variablesOf } from '#network/variables.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { type FinishedRun, type MeasuredPoint, settingOf } from './finished-run.ts'
import { forecastCut } from './forecast-cut.ts'
import {
  EARLY_ERROR,
  finishedJobsForecaster,
  type Moment,
  SIZE_ERROR,
  type SparsityForecast,
  weightsForecaster,
} from './forecast-sparsity.ts'
import { type EpochEnd, startState } from './threshold-by-epoch.ts'
import {
  checkpointWeights,
  drawnWeights,
  totalWithin,
  type WeightDistribution,
} from './weight-distribution.ts'

/** What is known about a job besides its spec. */
export interface Knowledge {
  /** The checkpoint of `init`. */
  initFile?: Uint8Array
  /** Of the same model, newest first. */
  runs?: readonly FinishedRun[]
}

/** The weights of a job before its first step, and the forecast from them and from finished jobs. */
export interface Start {
  weights: WeightDistribution
  points: readonly MeasuredPoint[]
  forecast: (moment: Moment) => SparsityForecast | undefined
}

/** @returns undefined if the job starts from weights that are not known */
export function* startOf(
  spec: TrainingSpec,
  { initFile, runs = [] }: Knowledge,
): Generator<void, Start | undefined> {
  if (spec.init && !initFile) return undefined
  const { optimizer } = spec
  const drawn = () => drawnWeights(topologyOf(spec.model), optimizer)
  const weights = initFile ? yield* checkpointWeights(spec, initFile) : drawn()
  if (!weights) return undefined
  const points = similarPoints(spec, runs)
  // A job that continues has moved its weights away from the initial ones, which its finished predecessors started from.
  const fromFinished = spec.init ? drawn() : weights
  const ofFinished = finishedJobsForecaster(fromFinished, points)
  const ofWeights = weightsForecaster(weights, startState(spec).l1, spec.init !== undefined)
  return {
    weights,
    points,
    forecast: moment => ofFinished(moment) ?? afterInitialCut(spec, ofWeights(moment)),
  }
}

/**
 * Jobs that started from random weights are not like one that starts from trained weights, unless it continues with the state of the
 * optimizer: then both are one training.
 */
function similarPoints(spec: TrainingSpec, runs: readonly FinishedRun[]): MeasuredPoint[] {
  if (spec.init && !spec.init.optimizerState) return []
  const setting = settingOf(spec)
  const variables = variablesOf(topologyOf(spec.model)).length
  return runs
    .filter(run => run.setting === setting)
    .flatMap(run => run.points.filter(({ nonzero }) => nonzero.length === variables))
}

/** One forecast for each end of an epoch; undefined where the sparsity is not known. */
export function* forecastEpochs(
  spec: TrainingSpec,
  ends: readonly EpochEnd[],
  start: Start | undefined,
): Generator<void, (SparsityForecast | undefined)[]> {
  const [train, fineTune] = phasesOf(spec)
  const prunesOn = fineTune && thresholdOf(fineTune.optimizer)
  const forecasts: (SparsityForecast | undefined)[] = []
  let fineTuned: SparsityForecast | undefined
  for (const end of ends) {
    if (end.phase === 'fineTune' || !start) forecasts.push(prunesOn ? undefined : fineTuned)
    else {
      const trained = end.state ? start.forecast(end.state) : withoutThreshold(spec, start)
      if (end.epoch === train.epochs) fineTuned = forecastCut(spec, trained, end, start)
      forecasts.push(train.cutAfter && end.epoch === train.epochs ? fineTuned : trained)
    }
    yield
  }
  return forecasts
}

/** Only a mask keeps zeros; other trainings are dense, or start with zeros of which an unknown number remains. */
function withoutThreshold(spec: TrainingSpec, { weights }: Start): SparsityForecast | undefined {
  if (spec.target) return undefined
  const nonzero = () => weights.map(({ size, shareWithin }) => size * (1 - shareWithin(0)))
  if (spec.mask) {
    const sparsity = totalWithin(weights, 0)
    return afterInitialCut(spec, { sparsity, error: 0, basis: 'initialWeights', nonzero })
  }
  if (spec.init) return undefined
  return {
    sparsity: 0,
    error: EARLY_ERROR,
    basis: 'initialWeights',
    nonzero: () => weights.map(({ size }) => size),
  }
}

/** With the error of the number of weights that `init.prune` leaves for a size. */
function afterInitialCut(
  { init }: TrainingSpec,
  forecast: SparsityForecast | undefined,
): SparsityForecast | undefined {
  if (!forecast || init?.prune?.sizeBytes === undefined) return forecast
  return { ...forecast, error: forecast.error + SIZE_ERROR * (1 - forecast.sparsity) }
}
