import { setImmediate as nextTurn } from 'node:timers/promises'
import { factsOf } from '#domain/dataset.ts'
import type { Phase } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { TrainingState } from '#formats/checkpoint.ts'
import { preprocessingOf } from '#formats/preprocessing.ts'
import { type Network, resolveNetwork } from '#network/network.ts'
import { permutation, randomStream } from '#network/random.ts'
import { RECALIBRATION_EXAMPLES } from '#optimization/tradeoff.ts'
import { augmentedBatches } from '#workers/data/augmented-batches.ts'
import { type BatchLayout, layoutFromSpec, normaliser } from '#workers/data/batch-tensors.ts'
import { type Batch, batches } from '#workers/data/batches.ts'
import type { Split, Splits } from '#workers/data/examples.ts'
import { imageBatches } from '#workers/data/image-batches.ts'
import { requireTokens } from '#workers/data/require-tokens.ts'
import { type Pace, type Rows, rowsInOrder } from '#workers/data/rows.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { learningRateFromSpec, optimizerFromSpec } from '#workers/optimizers/from-spec.ts'
import type { LearningRate, Optimizer } from '#workers/optimizers/optimizer.ts'
import { sgd } from '#workers/optimizers/sgd.ts'
import type { InitialState } from './checkpoint.ts'
import { Curvature } from './curvature.ts'
import {
  type Counts,
  canHold,
  heldPipeline,
  type InputPipeline,
  stepsPerCall,
  streamedPipeline,
} from './input-pipeline.ts'
import { objectiveFor } from './losses.ts'
import { ModelEvaluator, type ModelVariables } from './model-evaluator.ts'
import { type PhasePlace, placeOf } from './phase-place.ts'
import type { StepFunctions } from './step.ts'
import { type SizedBatch, TrainState } from './train-state.ts'
import { drawVariables } from './weights.ts'

/** Everything about a training that remains constant from its first step to its last. */
export interface TrainingRun<Kind extends SizedBatch = SizedBatch> {
  spec: TrainingSpec
  place: PhasePlace
  network: Network
  stepsPerEpoch: number
  /** In the training split. */
  examples: number
  learningRate: LearningRate
  /** @param from absent: the weights that the seed draws */
  begin(from?: InitialState): TrainState<Kind>
  /** A state to measure a model that no optimizer has the state of. */
  beginMeasuring(from: TrainingState): TrainState<Kind>
  /** The batches of the training split in the order of an epoch, which counts from 1, without the first `skip` batches. */
  trainingBatches(epoch: number, skip?: number): AsyncIterable<Kind>
  validationBatches(): AsyncIterable<Kind>
  /** The batches of the training split with which `ModelEvaluator` recalibrates statistics. */
  calibration: { batches: number; batchSize: number }
  calibrationBatches(): AsyncIterable<Kind>
  /** @param first any model of the network */
  openEvaluator(first: ModelVariables): ModelEvaluator<Kind>
  /** The curvature of the mean loss over the validation split at a model. */
  openCurvature(at: ModelVariables): Curvature<Kind>
}

/** The batches of both splits. */
interface Source<Kind> {
  training(epoch: number, skip: number): Iterable<Kind> | AsyncIterable<Kind>
  validation(): Iterable<Kind> | AsyncIterable<Kind>
  /** The first `count` full batches of the training split in the order of epoch 1, without augmentation. */
  calibration(count: number): Iterable<Kind> | AsyncIterable<Kind>
}

/** What may differ from a training of the whole job. */
interface RunOptions {
  place?: PhasePlace
  /** See `TrainStateOptions`. */
  readEvery?: number | undefined
  /** Takes the place of the optimizer that the spec names. */
  optimizer?(learningRate: LearningRate): Optimizer
}

/**
 * Prepares one phase of a job.
 * @param signal ends the batches of the run with the signal's reason as the error
 */
export function prepareRun(
  spec: TrainingSpec,
  splits: Splits,
  signal: AbortSignal,
  { place = placeOf(spec), readEvery, optimizer: chosen }: RunOptions = {},
): TrainingRun {
  const network = resolveNetwork(topologyOf(spec.model))
  requireTokens(network.topology, splits, spec)
  const layout = layoutFromSpec(spec)
  const { seed } = spec
  const counts = { training: splits.training.indices.length, validation: splits.validation.indices.length }
  const stepsPerEpoch = Math.ceil(counts.training / spec.batchSize)
  const rates = ratesOf(spec, place.phase)
  const learningRate = learningRateFromSpec(rates, stepsPerEpoch)
  const optimizer = chosen?.(learningRate) ?? optimizerFromSpec(rates, network, stepsPerEpoch)
  const functions = stepFunctions(spec, { optimizer, network, layout })
  const calibration = calibrationOf(counts.training, spec.batchSize)
  const runWith = <Kind extends SizedBatch>(
    pipeline: InputPipeline<Kind>,
    source: Source<Kind>,
  ): TrainingRun<Kind> => ({
    spec,
    place,
    network,
    stepsPerEpoch,
    examples: counts.training,
    learningRate,
    begin(from = { variables: drawVariables(network, seed) }) {
      const start = { clock: functions.optimizer.clock, ...from }
      return new TrainState(functions, start, { network, pipeline, seed, readEvery })
    },
    beginMeasuring: from =>
      new TrainState({ ...functions, optimizer: sgd(learningRate) }, from, { network, pipeline, seed }),
    trainingBatches: (epoch, skip = 0) => interruptible(source.training(epoch, skip), signal),
    validationBatches: () => interruptible(source.validation(), signal),
    calibration,
    calibrationBatches: () => interruptible(source.calibration(calibration.batches), signal),
    openEvaluator(first) {
      return new ModelEvaluator(functions, pipeline, this, first)
    },
    openCurvature(at) {
      return new Curvature(functions, pipeline, this, at)
    },
  })
  if (spec.augmentation.length > 0 || !canHold(splits))
    return runWith(streamedPipeline(layout, counts, spec.batchSize), streamOf(spec, splits))
  const pace = { batchSize: spec.batchSize, stepsPerCall: stepsPerCall(network, spec.batchSize) }
  return runWith(heldPipeline(layout, splits, pace), placesOf(spec, counts, pace))
}

/** The fields of a spec that its optimizer follows from, in one phase. Only the first one starts from `init`. */
function ratesOf({ init }: TrainingSpec, { name, epochs, optimizer, schedule, mask }: Phase) {
  return { optimizer, schedule, epochs, ...(mask && { mask }), ...(init && name === 'train' && { init }) }
}

function stepFunctions(
  { loss, dataset }: TrainingSpec,
  { optimizer, network, layout }: { optimizer: Optimizer; network: Network; layout: BatchLayout },
): StepFunctions {
  return {
    model: modelFromNetwork(network),
    optimizer,
    objective: objectiveFor(loss),
    normalise: normaliser(preprocessingOf(dataset), layout),
  }
}

function calibrationOf(examples: number, batchSize: number): TrainingRun['calibration'] {
  const size = Math.min(batchSize, examples)
  return {
    batches: Math.max(1, Math.floor(Math.min(RECALIBRATION_EXAMPLES, examples) / size)),
    batchSize: size,
  }
}

function placesOf(spec: TrainingSpec, { training, validation }: Counts, pace: Pace): Source<Rows> {
  return {
    training: (epoch, skip) => rowsInOrder(epochOrder(spec, training, epoch), pace, skip),
    validation: () => rowsInOrder(identity(validation), { ...pace, stepsPerCall: 1 }),
    calibration: count =>
      rowsInOrder(epochOrder(spec, training, 1).subarray(0, count * pace.batchSize), {
        ...pace,
        stepsPerCall: 1,
      }),
  }
}

function streamOf(spec: TrainingSpec, { training, validation }: Splits): Source<Batch> {
  const inOrder = (epoch: number) => {
    const order = epochOrder(spec, training.indices.length, epoch)
    return { examples: training.examples, indices: order.map(position => training.indices[position]!) }
  }
  return {
    training: (epoch, skip) => batchesOf(spec, inOrder(epoch), { epoch, skip }),
    validation: () => batchesOf(spec, validation),
    calibration(count) {
      const { examples, indices } = inOrder(1)
      return batchesOf(spec, { examples, indices: indices.subarray(0, count * spec.batchSize) })
    },
  }
}

/** The batches of a split, in its order. @param training absent for evaluations, whose images are not augmented */
export function batchesOf(
  { dataset, batchSize, augmentation, seed }: TrainingSpec,
  { examples, indices }: Split,
  training?: { epoch: number; skip: number },
): Iterable<Batch> | AsyncIterable<Batch> {
  // The shape in the dataset: a model may omit an axis of length 1 that images have.
  const { inputShape } = factsOf(dataset)!
  const skip = training?.skip ?? 0
  const epochAugmentation = training &&
    augmentation.length > 0 && { augmentation, seed, epoch: training.epoch }
  if (!('x' in examples))
    return imageBatches(
      { examples, indices },
      { inputShape, batchSize, ...(epochAugmentation && { epochAugmentation }) },
      skip,
    )
  return epochAugmentation
    ? augmentedBatches({ examples, indices }, batchSize, { ...epochAugmentation, inputShape }, skip)
    : batches({ examples, indices }, batchSize, skip)
}

/**
 * The indices of the split's examples in the order of an epoch. Each epoch has its own random stream, so it can be repeated without earlier
 * ones.
 */
function epochOrder({ seed, shuffle }: TrainingSpec, count: number, epoch: number): Uint32Array {
  return shuffle ? permutation(count, randomStream(seed, 'shuffle', epoch)) : identity(count)
}

function identity(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, place) => place)
}

const TURN_MS = 100

/**
 * The same batches, yielding to the event loop periodically: a request to stop can arrive only then, because steps block the loop.
 * @throws the signal's reason once it is aborted
 */
export async function* interruptible<Kind>(
  source: Iterable<Kind> | AsyncIterable<Kind>,
  signal: AbortSignal,
): AsyncGenerator<Kind, void, undefined> {
  let turnAt = performance.now()
  for await (const batch of source) {
    yield batch
    if (performance.now() - turnAt < TURN_MS) continue
    await nextTurn()
    signal.throwIfAborted()
    turnAt = performance.now()
  }
  await nextTurn()
  signal.throwIfAborted()
}
