import { factsOf } from '#domain/dataset.ts'
import { topologyOf } from '#domain/presets/topology-of.ts'
import { permutation, randomStream } from '#domain/random.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { variablesOf } from '#domain/variables.ts'
import type { TrainingState } from '#formats/checkpoint.ts'
import { augmenter } from './data/augment.ts'
import { layoutFromSpec, normaliser } from './data/batch-tensors.ts'
import { type Batch, batches, batchSizes } from './data/batches.ts'
import type { Split } from './data/examples.ts'
import { imageBatches } from './data/image-batches.ts'
import { modelFromTopology } from './models/from-topology.ts'
import { objectiveFor } from './objective.ts'
import { learningRateFromSpec, transformFromSpec } from './optimizers/from-spec.ts'
import type { LearningRate } from './optimizers/transform.ts'
import { pacedBatches } from './paced-batches.ts'
import { beginTraining, type Training } from './training.ts'
import { drawVariables } from './weights.ts'

/** What a job learns from and what it is measured on. */
export interface Splits {
  training: Split
  validation: Split
}

/** What a training starts from; without a clock its optimizer has not begun. */
export type InitialState = Partial<Pick<TrainingState, 'clock'>> & Pick<TrainingState, 'variables'>

/** Everything about a training that stays the same from its first step to its last. */
export interface TrainingRun {
  spec: TrainingSpec
  stepsPerEpoch: number
  learningRate: LearningRate
  /** From the weights that the seed draws, or from where a training was left. */
  begin(from?: InitialState): Training
  /** The training split in the order of an epoch, which is counted from 1, from the batch after `skip` on. */
  trainingBatches(epoch: number, skip?: number): AsyncIterable<Batch>
  validationBatches(): AsyncIterable<Batch>
}

/** @param signal ends the run's batches with its reason as the error */
export function prepareRun(
  spec: TrainingSpec,
  { training, validation }: Splits,
  signal: AbortSignal,
): TrainingRun {
  const topology = topologyOf(spec.model)
  const layout = layoutFromSpec(spec)
  const stepsPerEpoch = Math.ceil(training.indices.length / spec.batchSize)
  const transform = transformFromSpec(spec, variablesOf(topology), stepsPerEpoch)
  const ingredients = {
    model: modelFromTopology(topology),
    transform,
    objective: objectiveFor(spec.loss),
    normalise: normaliser(spec.dataset.normalize, layout.dtype),
  }
  const sizes = {
    training: batchSizes(training.indices.length, spec.batchSize),
    validation: batchSizes(validation.indices.length, spec.batchSize),
  }
  return {
    spec,
    stepsPerEpoch,
    learningRate: learningRateFromSpec(spec, stepsPerEpoch),
    begin(from = { variables: drawVariables(topology, spec.seed) }) {
      const shape = { topology, layout, sizes, seed: spec.seed }
      return beginTraining(ingredients, { clock: transform.clock, ...from }, shape)
    },
    trainingBatches(epoch, skip = 0) {
      const split = epochOrder(spec, training, epoch)
      return pacedBatches(batchesOf(spec, split, { epoch, skip }), signal)
    },
    validationBatches: () => pacedBatches(batchesOf(spec, validation), signal),
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
  const place = variation && augmenter(augmentation, inputShape, seed, variation.epoch)
  return batches({ examples, indices }, batchSize, { skip, ...(place && { place }) })
}

/** Each epoch has a random stream of its own, so that it can be repeated without the ones before it. */
function epochOrder({ seed, shuffle }: TrainingSpec, { examples, indices }: Split, epoch: number): Split {
  if (!shuffle) return { examples, indices }
  const order = permutation(indices.length, randomStream(seed, 'shuffle', epoch))
  return { examples, indices: order.map(position => indices[position]!) }
}
