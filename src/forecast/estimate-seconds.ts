import { totalEpochs } from '#domain/phases.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { epochLength } from './epoch-length.ts'
import type { FinishedRun } from './finished-run.ts'

/** Noise of single jobs is removed by the median of this many. */
const LATEST = 5
/** The time of a batch that is more than this many times larger or smaller than every measured one is not known within a factor of two. */
const FURTHEST_BATCH = 4

/**
 * Expected running time of a job, without its time in the queue, on the fastest of the engines.
 * @param runs of the same model, newest first
 * @param trainedEpochs those that the job has already, if it continues another
 * @returns undefined if none of the engines has trained the model with a similar batch size
 */
export function estimateSeconds(
  spec: TrainingSpec,
  runs: readonly FinishedRun[],
  engines: ReadonlySet<string>,
  trainedEpochs = 0,
): number | undefined {
  const estimates = [...engines].flatMap(engine => {
    const similar = runs.filter(
      run => run.engine === engine && run.isAugmented === spec.augmentation.length > 0,
    )
    return secondsOn(spec, totalEpochs(spec) - trainedEpochs, similar) ?? []
  })
  return estimates.length === 0 ? undefined : Math.min(...estimates)
}

function secondsOn(spec: TrainingSpec, epochs: number, runs: readonly FinishedRun[]): number | undefined {
  const stepSeconds = stepSecondsAt(spec.batchSize, runs)
  if (stepSeconds === undefined) return undefined
  const { stepsPerEpoch, validationExamples } = epochLength(spec)
  const nearest = latestAt(nearestBatch(spec.batchSize, runs)!, runs)
  const medianOf = (read: (run: FinishedRun) => number) => median(nearest.map(read))
  const rest = medianOf(run => (run.restSeconds * validationExamples) / run.validationExamples)
  const outside = medianOf(({ startSeconds, endSeconds }) => startSeconds + endSeconds)
  return outside + epochs * (stepsPerEpoch * stepSeconds + rest)
}

/**
 * A step takes between the same time and the proportional time of a step with another batch size, so its logarithm is interpolated between
 * two measured sizes, and grows half as fast as that of the batch size outside them.
 */
function stepSecondsAt(batchSize: number, runs: readonly FinishedRun[]): number | undefined {
  const sizes = [...new Set(runs.map(run => run.batchSize))].sort((a, b) => a - b)
  const at = (size: number) => median(latestAt(size, runs).map(run => run.stepSeconds))
  const below = sizes.findLast(size => size <= batchSize)
  const above = sizes.find(size => size >= batchSize)
  if (below !== undefined && above !== undefined) {
    if (below === above) return at(below)
    const share = Math.log(batchSize / below) / Math.log(above / below)
    return at(below) ** (1 - share) * at(above) ** share
  }
  const only = below ?? above
  if (only === undefined) return undefined
  const ratio = batchSize / only
  return Math.max(ratio, 1 / ratio) > FURTHEST_BATCH ? undefined : at(only) * Math.sqrt(ratio)
}

function nearestBatch(batchSize: number, runs: readonly FinishedRun[]): number | undefined {
  const away = (size: number) => Math.abs(Math.log(size / batchSize))
  return runs.map(run => run.batchSize).sort((a, b) => away(a) - away(b))[0]
}

function latestAt(batchSize: number, runs: readonly FinishedRun[]): FinishedRun[] {
  return runs.filter(run => run.batchSize === batchSize).slice(0, LATEST)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
}
