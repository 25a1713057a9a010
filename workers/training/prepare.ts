import { factsOf } from '#domain/dataset.ts'
import { preprocessingOf } from '#domain/preprocessing.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { TrainingState } from '#formats/checkpoint.ts'
import { permutation, randomStream } from '#network/random.ts'
import { variablesOf } from '#network/variables.ts'
import { layoutFromSpec, normaliser } from '#workers/data/batch-tensors.ts'
import { type Batch, batches } from '#workers/data/batches.ts'
import type { Split, Splits } from '#workers/data/examples.ts'
import { imageBatches } from '#workers/data/image-batches.ts'
import { requireTokens } from '#workers/data/require-tokens.ts'
import { type Pace, type Rows, rowsInOrder } from '#workers/data/rows.ts'
import { variedBatches } from '#workers/data/varied-batches.ts'
import { modelFromTopology } from '#workers/layers/from-topology.ts'
import { learningRateFromSpec, optimizerFromSpec } from '#workers/optimizers/from-spec.ts'
import type { LearningRate } from '#workers/optimizers/optimizer.ts'
import {
  type Counts,
  canHold,
  heldPipeline,
  type InputPipeline,
  stepsPerCall,
  streamedPipeline,
} from './input-pipeline.ts'
import { objectiveFor } from './objective.ts'
import { pacedBatches } from './paced-batches.ts'
import { beginTraining, type SomeBatch, type Training } from './train-state.ts'
import { drawVariables } from './weights.ts'

/** What a training starts from; without a clock its optimizer has not begun. */
export type InitialState = Partial<Pick<TrainingState, 'clock'>> & Pick<TrainingState, 'variables'>

/** Everything about a training that stays the same from its first step to its last. */
export interface TrainingRun<Kind extends SomeBatch = SomeBatch> {
  spec: TrainingSpec
  stepsPerEpoch: number
  learningRate: LearningRate
  /** From the weights that the seed draws, or from where a training was left. */
  begin(from?: InitialState): Training<Kind>
  /** The training split in the order of an epoch, which is counted from 1, from the batch after `skip` on. */
  trainingBatches(epoch: number, skip?: number): AsyncIterable<Kind>
  validationBatches(): AsyncIterable<Kind>
}

/** Where batches come from. */
interface Source<Kind> {
  training(epoch: number, skip: number): Iterable<Kind> | AsyncIterable<Kind>
  validation(): Iterable<Kind> | AsyncIterable<Kind>
}

/**
 * @param signal ends the run's batches with its reason as the error
 * @param readEvery as a training's shape has it
 */
export function prepareRun(
  spec: TrainingSpec,
  splits: Splits,
  signal: AbortSignal,
  readEvery?: number,
): TrainingRun {
  const topology = topologyOf(spec.model)
  requireTokens(topology, splits, spec)
  const layout = layoutFromSpec(spec)
  const counts = { training: splits.training.indices.length, validation: splits.validation.indices.length }
  const stepsPerEpoch = Math.ceil(counts.training / spec.batchSize)
  const transform = optimizerFromSpec(spec, variablesOf(topology), stepsPerEpoch)
  const ingredients = {
    model: modelFromTopology(topology),
    transform,
    objective: objectiveFor(spec.loss),
    normalise: normaliser(preprocessingOf(spec.dataset), layout),
  }
  const runWith = <Kind extends SomeBatch>(
    feeding: InputPipeline<Kind>,
    source: Source<Kind>,
  ): TrainingRun<Kind> => ({
    spec,
    stepsPerEpoch,
    learningRate: learningRateFromSpec(spec, stepsPerEpoch),
    begin(from = { variables: drawVariables(topology, spec.seed) }) {
      const shape = { topology, feeding, seed: spec.seed, readEvery }
      return beginTraining(ingredients, { clock: transform.clock, ...from }, shape)
    },
    trainingBatches: (epoch, skip = 0) => pacedBatches(source.training(epoch, skip), signal),
    validationBatches: () => pacedBatches(source.validation(), signal),
  })
  if (spec.augmentation.length > 0 || !canHold(splits))
    return runWith(streamedPipeline(layout, counts, spec.batchSize), streamOf(spec, splits))
  const pace = { batchSize: spec.batchSize, stepsPerCall: stepsPerCall(topology, spec.batchSize) }
  return runWith(heldPipeline(layout, splits, pace), placesOf(spec, counts, pace))
}

function placesOf(spec: TrainingSpec, { training, validation }: Counts, pace: Pace): Source<Rows> {
  return {
    training: (epoch, skip) => rowsInOrder(epochOrder(spec, training, epoch), pace, skip),
    validation: () => rowsInOrder(identity(validation), { ...pace, stepsPerCall: 1 }),
  }
}

function streamOf(spec: TrainingSpec, { training, validation }: Splits): Source<Batch> {
  return {
    training(epoch, skip) {
      const order = epochOrder(spec, training.indices.length, epoch)
      const indices = order.map(position => training.indices[position]!)
      return batchesOf(spec, { examples: training.examples, indices }, { epoch, skip })
    },
    validation: () => batchesOf(spec, validation),
  }
}

/** @param training absent, images are not varied */
function batchesOf(
  { dataset, batchSize, augmentation, seed }: TrainingSpec,
  { examples, indices }: Split,
  training?: { epoch: number; skip: number },
): Iterable<Batch> | AsyncIterable<Batch> {
  // The dataset's own: a model may leave out an axis of length 1, which images have.
  const { inputShape } = factsOf(dataset)!
  const skip = training?.skip ?? 0
  const variation = training && augmentation.length > 0 && { augmentation, seed, epoch: training.epoch }
  if (!('x' in examples))
    return imageBatches(
      { examples, indices },
      { inputShape, batchSize, ...(variation && { variation }) },
      skip,
    )
  return variation
    ? variedBatches({ examples, indices }, batchSize, { ...variation, inputShape }, skip)
    : batches({ examples, indices }, batchSize, skip)
}

/** The places of the split's examples. Each epoch has a random stream of its own, so that it can be repeated without the ones before it. */
function epochOrder({ seed, shuffle }: TrainingSpec, count: number, epoch: number): Uint32Array {
  return shuffle ? permutation(count, randomStream(seed, 'shuffle', epoch)) : identity(count)
}

function identity(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, place) => place)
}
