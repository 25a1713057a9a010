import type { Topology } from '#domain/model-spec.ts'
import { PRESETS } from '#domain/presets/presets.ts'
import { permutation, randomStream } from '#domain/random.ts'
import { type Variable, variablesOf } from '#domain/shape.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { batchTensors } from './data/batch-tensors.ts'
import { type Batch, batches } from './data/batches.ts'
import type { Split } from './data/examples.ts'
import { type Model, modelFromTopology } from './models/from-topology.ts'
import { learningRateFromSpec, transformFromSpec } from './optimizers/from-spec.ts'
import type { LearningRate, Transform } from './optimizers/transform.ts'
import { pacedBatches } from './paced-batches.ts'
import { type Feed, type TrainStep, trainStep } from './train-step.ts'

/** What a job learns from and what it is measured on. */
export interface Splits {
  training: Split
  validation: Split
}

/** Everything about a training that stays the same from its first step to its last. */
export interface TrainingRun {
  spec: TrainingSpec
  topology: Topology
  variables: readonly Variable[]
  stepsPerEpoch: number
  transform: Transform
  learningRate: LearningRate
  model: Model
  feed: Feed
  step: TrainStep
  /** The training split in the order of an epoch, which is counted from 1. */
  trainingBatches(epoch: number): AsyncIterable<Batch>
  validationBatches(): AsyncIterable<Batch>
}

/** @param signal ends the run's batches with its reason as the error */
export function prepareRun(
  spec: TrainingSpec,
  { training, validation }: Splits,
  signal: AbortSignal,
): TrainingRun {
  const pace = (split: Split) => pacedBatches(batches(split, spec.batchSize), signal)
  const { topology } = PRESETS[spec.model.preset]
  const variables = variablesOf(topology)
  const stepsPerEpoch = Math.ceil(training.indices.length / spec.batchSize)
  const transform = transformFromSpec(spec, variables, stepsPerEpoch)
  const model = modelFromTopology(topology)
  const feed = batchTensors(topology.inputShape, spec.dataset.normalize)
  return {
    spec,
    topology,
    variables,
    stepsPerEpoch,
    transform,
    learningRate: learningRateFromSpec(spec, stepsPerEpoch),
    model,
    feed,
    step: trainStep(model, transform, feed),
    trainingBatches: epoch => pace(epochOrder(spec, training, epoch)),
    validationBatches: () => pace(validation),
  }
}

/** Each epoch has a random stream of its own, so that it can be repeated without the ones before it. */
function epochOrder({ seed, shuffle }: TrainingSpec, { examples, indices }: Split, epoch: number): Split {
  if (!shuffle) return { examples, indices }
  const order = permutation(indices.length, randomStream(seed, 'shuffle', epoch))
  return { examples, indices: order.map(position => indices[position]!) }
}
