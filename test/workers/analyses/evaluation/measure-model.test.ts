import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { topologyOf } from '#domain/topology-of.ts'
import { JobRequest, type TrainingSpec } from '#domain/training-spec.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import { measureModel } from '#workers/analyses/evaluation/measure-model.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { Diverged } from '#workers/training/epoch-metrics.ts'
import { evaluate } from '#workers/training/means.ts'
import { prepareRun } from '#workers/training/prepare.ts'
import { drawWeights, toWeight } from '#workers/training/weights.ts'

const COUNT = 23
const { signal } = new AbortController()

/** A model of one dense layer from three numbers, with drawn weights. */
function modelOf(outputs: number, loss: string, facts: object): TrainedModel {
  const upload = {
    dtype: 'float32',
    inputShape: [3],
    classes: [],
    splits: { train: COUNT, test: 0 },
    sha256: '0'.repeat(64),
    ...facts,
  }
  const layers = [
    {
      type: 'dense',
      name: 'out',
      units: outputs,
      activation: 'linear',
      biasInitializer: 'zeros',
      kernelInitializer: 'glorotUniform',
    },
  ]
  const request = JobRequest.parse({
    model: { topology: { inputShape: [3], layers } },
    dataset: { id: `dataset_${'0'.repeat(26)}` },
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss,
    batchSize: 5,
    validation: { fraction: 0.5 },
  })
  const { spec } = resolveSpec(request, { upload: upload as TrainingSpec['dataset']['upload'] } as never)
  const network = resolveNetwork(topologyOf(spec.model))
  const weights = drawWeights(network, 3)
  return { spec, topology: network.topology, weights, statistics: [], step: 0 }
}

const random = randomStream(1, 'examples')
const x = new Float32Array(COUNT * 3).map(() => random.normal())

/** The outputs of the model in float64: x W + b. */
function logitsOf({ weights }: TrainedModel): number[][] {
  const [kernel, bias] = weights.map(({ data }) => data)
  const width = bias!.length
  return Array.from({ length: COUNT }, (_, row) =>
    Array.from(bias!, (b, column) =>
      [0, 1, 2].reduce((sum, i) => sum + x[row * 3 + i]! * kernel![i * width + column]!, b),
    ),
  )
}
const close = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  assert.equal(actual.length, expected.length)
  for (let i = 0; i < actual.length; i++) assert.ok(Math.abs(actual[i]! - expected[i]!) < 1e-5, String(i))
}

describe('the measured predictions of a model', () => {
  before(async () => {
    await openEngine('native')
  })
  const measure = async (model: TrainedModel, labels: Int32Array | Float32Array) => {
    const steps: number[] = []
    const split = wholeSplit({ x, labels, count: COUNT })
    const tensors = tf.memory().numTensors
    const measured = await measureModel(model, split, signal, async examples => {
      steps.push(examples)
    })
    assert.deepEqual(steps, [5, 10, 15, 20, 23])
    assert.equal(tf.memory().numTensors, tensors)
    return measured
  }

  it('are the classes and probabilities of a softmax, and its metrics those of a validation', async () => {
    const model = modelOf(4, 'categoricalCrossentropy', { classes: ['a', 'b', 'c', 'd'] })
    const labels = Int32Array.from({ length: COUNT }, (_, row) => row % 4)
    const { predictions, means } = await measure(model, labels)
    assert.ok(predictions.form === 'class')
    const logits = logitsOf(model)
    const largest = logits.map(row => Math.max(...row))
    assert.deepEqual(
      [...(predictions.values.predicted as Int32Array)],
      logits.map((row, i) => row.indexOf(largest[i]!)),
    )
    close(
      predictions.values.probability,
      logits.map((row, i) => 1 / row.reduce((sum, value) => sum + Math.exp(value - largest[i]!), 0)),
    )
    assert.deepEqual([...(predictions.values.labels as Int32Array)], [...labels])

    const split = wholeSplit({ x, labels, count: COUNT })
    const run = prepareRun(model.spec, { training: split, validation: split }, signal)
    const state = run.begin({ variables: { params: model.weights } })
    assert.deepEqual(means, await evaluate(batch => state.evaluate(batch), run.validationBatches()))
    state.end()
  })

  it('are two classes for one sigmoid', async () => {
    const model = modelOf(1, 'binaryCrossentropy', { classes: ['no', 'yes'] })
    const labels = Int32Array.from({ length: COUNT }, (_, row) => row % 2)
    const { predictions, means } = await measure(model, labels)
    assert.ok(predictions.form === 'class' && predictions.classes === 2)
    const logits = logitsOf(model).flat()
    const predicted = logits.map(logit => Number(logit > 0))
    assert.deepEqual([...(predictions.values.predicted as Int32Array)], predicted)
    close(
      predictions.values.probability,
      logits.map(logit => 1 / (1 + Math.exp(-Math.abs(logit)))),
    )
    const right = predicted.filter((label, row) => label === labels[row]).length
    assert.equal(means.metrics.correct, right / COUNT)
  })

  it('are a decision for each of several sigmoids', async () => {
    const model = modelOf(2, 'binaryCrossentropy', { targets: 2 })
    const labels = Float32Array.from({ length: COUNT * 2 }, (_, i) => (i % 3 === 0 ? 1 : 0.2))
    const { predictions } = await measure(model, labels)
    assert.ok(predictions.form === 'labels')
    assert.deepEqual(
      [...(predictions.values.predicted as Uint8Array)],
      logitsOf(model)
        .flat()
        .map(logit => Number(logit > 0)),
    )
    assert.deepEqual(
      [...(predictions.values.labels as Uint8Array)],
      Array.from(labels, target => Number(target === 1)),
    )
  })

  it('are the outputs for numbers', async () => {
    const model = modelOf(2, 'meanSquaredError', { targets: 2 })
    const targets = Float32Array.from({ length: COUNT * 2 }, (_, i) => i)
    const { predictions } = await measure(model, targets)
    assert.ok(predictions.form === 'numbers')
    close(predictions.values.outputs, logitsOf(model).flat())
    assert.deepEqual(predictions.values.targets, targets)
  })

  it('are refused if the loss is not finite, and end with the signal', async () => {
    const { weights, ...model } = modelOf(2, 'meanSquaredError', { targets: 2 })
    const [kernel, bias] = weights
    const broken = {
      ...model,
      weights: [kernel!, toWeight({ name: bias!.name, shape: [2] }, Float32Array.of(Number.NaN, 0))],
    }
    const split = wholeSplit({ x, labels: new Float32Array(COUNT * 2), count: COUNT })
    await assert.rejects(
      measureModel(broken, split, signal, async () => {}),
      Diverged,
    )
    const reason = new Error('stop')
    const stopped = AbortSignal.abort(reason)
    await assert.rejects(
      measureModel({ ...model, weights }, split, stopped, async () => {}),
      reason,
    )
  })
})
