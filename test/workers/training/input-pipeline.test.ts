import assert from 'node:assert/strict'
import { test } from 'node:test'
import { topologyOf } from '#domain/topology-of.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { preprocessingOf } from '#formats/preprocessing.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import { layoutFromSpec, normaliser } from '#workers/data/batch-tensors.ts'
import { batches } from '#workers/data/batches.ts'
import { type Examples, type Split, wholeSplit } from '#workers/data/examples.ts'
import { rowsInOrder } from '#workers/data/rows.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { optimizerFromSpec } from '#workers/optimizers/from-spec.ts'
import { heldPipeline, type InputPipeline, streamedPipeline } from '#workers/training/input-pipeline.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import type { StepOutcome } from '#workers/training/step.ts'
import { type SizedBatch, TrainState } from '#workers/training/train-state.ts'
import { drawVariables } from '#workers/training/weights.ts'

await openEngine('native')

const BATCH = 8
/** Ten batches and a smaller one: calls of one step, of four, of four, of one, and of one with the smaller batch. */
const COUNT = 10 * BATCH + 3

/** Steps per call, steps until their outcomes are read, and how many of the eleven are returned before readOutcomes is called. */
const READINGS = [
  [1, 1, 11],
  [4, 1, 11],
  [1, 4, 8],
  // The device keeps the outcomes of at least one call.
  [4, 2, 11],
  [4, 6, 9],
  [4, 32, 0],
] as const

const layer = (class_name: string, config: object = {}) => ({
  class_name,
  config: { name: class_name.toLowerCase(), ...config },
})
const PREPARED = layer('Sequential', {
  layers: [
    layer('InputLayer', { batch_shape: [null, 28, 28, 1] }),
    layer('Flatten'),
    layer('Normalization'),
    layer('BatchNormalization'),
    layer('Dense', { units: 10 }),
  ],
})

const SPECS = {
  'mnist-mlp under gRDA': { model: { preset: 'mnist-mlp' } },
  'mnist-mlp under Adam': {
    model: { preset: 'mnist-mlp' },
    optimizer: { name: 'adam', learningRate: 0.001 },
  },
  'cifar10-cnn, which has dropout': {
    model: { preset: 'cifar10-cnn' },
    dataset: { id: 'synthetic-cifar10' },
  },
  'a network of which some statistics are moved and others stay': {
    dataset: { id: 'mnist' },
    model: { topology: PREPARED },
    optimizer: { name: 'sgd', learningRate: 0.01 },
  },
}

for (const [name, request] of Object.entries(SPECS)) {
  test(`${name}: examples on the device, several steps per call and outcomes read many at once give the bits of batches streamed and read one by one`, () => {
    const { spec } = resolveSpec(JobRequest.parse({ batchSize: BATCH, ...request }))
    const layout = layoutFromSpec(spec)
    const split = randomSplit(layout.inputShape)
    const order = Uint32Array.from(split.indices).reverse()
    const train = <Kind extends SizedBatch>(
      pipeline: InputPipeline<Kind>,
      given: Iterable<Kind>,
      readEvery: number,
    ) => {
      const network = resolveNetwork(topologyOf(spec.model))
      const optimizer = optimizerFromSpec(spec, network, 11)
      const functions = {
        model: modelFromNetwork(network),
        optimizer,
        objective: objectiveFor(spec.loss),
        normalise: normaliser(preprocessingOf(spec.dataset), layout),
      }
      const start = { clock: optimizer.clock, variables: drawVariables(network, spec.seed) }
      const training = new TrainState(functions, start, { network, pipeline, seed: spec.seed, readEvery })
      const outcomes: StepOutcome[] = []
      for (const batch of given) outcomes.push(...training.step(batch))
      const told = outcomes.length
      outcomes.push(...training.readOutcomes())
      assert.deepEqual(training.readOutcomes(), [])
      const result = { outcomes, weights: training.readWeights(), clock: training.clock, told }
      training.end()
      return result
    }
    const counts = { training: COUNT, validation: COUNT }
    const stream = (readEvery: number) =>
      train(streamedPipeline(layout, counts, BATCH), batches({ ...split, indices: order }, BATCH), readEvery)
    const streamed = stream(1)
    assert.deepEqual(
      streamed.outcomes.map(({ step, examples }) => [step, examples]),
      Array.from({ length: 11 }, (_, index) => [index + 1, index < 10 ? BATCH : 3]),
    )
    assert.deepEqual(stream(4), { ...streamed, told: 8 })
    for (const [stepsPerCall, readEvery, told] of READINGS) {
      const pace = { batchSize: BATCH, stepsPerCall }
      const pipeline = heldPipeline(layout, { training: split, validation: split }, pace)
      assert.deepEqual(train(pipeline, rowsInOrder(order, pace), readEvery), { ...streamed, told })
    }
  })
}

function randomSplit(inputShape: readonly number[]): Split<Examples> {
  const random = randomStream(2, 'test')
  return wholeSplit({
    x: Uint8Array.from({ length: COUNT * elementCount(inputShape) }, () => random.below(256)),
    labels: Uint8Array.from({ length: COUNT }, () => random.below(10)),
    count: COUNT,
  })
}
