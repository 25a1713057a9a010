import type { EpochMetrics } from '#domain/event.ts'
import { topologyOf } from '#domain/topology-of.ts'
import { modelMetadata } from '#formats/model-metadata.ts'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { sparseSizeBytes } from '#formats/sparse-safetensors.ts'
import { variablesOf } from '#network/variables.ts'
import { expectFinite } from './diverged.ts'
import type { EpochTally, Means } from './epoch-tally.ts'
import { evaluate } from './evaluate.ts'
import { measureWeights } from './measure-weights.ts'
import type { TrainingRun } from './prepare.ts'
import type { Training } from './train-state.ts'

const BYTES_PER_FLOAT = 4

/** Where a training stands when the last step of an epoch is made. */
export interface EpochEnd {
  epoch: number
  training: Training
  tally: EpochTally
  weights: readonly FloatTensor[]
  /** Of the weights at the end of the epoch before; none after the first. */
  zerosBefore: readonly NamedTensor[] | undefined
}

/** Measures the model, on the validation split too. @throws Diverged when a loss is NaN or infinite */
export async function describeEpoch(run: TrainingRun, end: EpochEnd): Promise<EpochMetrics> {
  const { step, l1 } = end.training.clock
  const trained = end.tally.read()
  const validation = await evaluate(end.training.evaluate, run.validationBatches())
  expectFinite(validation.loss, `the validation of epoch ${end.epoch}`)
  return {
    epoch: end.epoch,
    epochs: run.spec.epochs,
    step,
    learningRate: run.learningRate(step),
    ...(l1 !== undefined && { threshold: l1 }),
    trainLoss: trained.loss,
    ...nameMetrics('train', trained),
    validationLoss: validation.loss,
    ...nameMetrics('validation', validation),
    ...measureWeights(end.weights, variablesOf(topologyOf(run.spec.model)), end.zerosBefore),
    examplesPerSecond: trained.examplesPerSecond,
    seconds: trained.seconds,
    sparseBytes: sparseSizeBytes([...end.weights, ...end.training.readStatistics()], modelMetadata(run.spec)),
    denseBytes: BYTES_PER_FLOAT * end.weights.reduce((sum, { data }) => sum + data.length, 0),
  }
}

const METRIC_WORDS: Readonly<Record<string, string>> = {
  correct: 'Accuracy',
  top5: 'Top5Accuracy',
  absoluteError: 'MeanAbsoluteError',
}

/** As the metrics of an epoch call them: `validationAccuracy`. */
function nameMetrics(split: 'train' | 'validation', { metrics }: Means): Partial<EpochMetrics> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, mean]) => [`${split}${METRIC_WORDS[name]}`, mean]),
  )
}
