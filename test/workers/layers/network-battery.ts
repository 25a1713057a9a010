import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import type { Topology } from '#network/topology.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { crossEntropy } from '#workers/training/losses.ts'
import { drawVariables, toTensors } from '#workers/training/weights.ts'
import { NETWORKS } from './networks.ts'

const BATCH = 6

/** What networks of all layers owe their training, on whatever engine is open. */
export function testNetwork(): void {
  for (const [name, topology] of Object.entries(NETWORKS)) testGradients(name, topology)

  test('dropout silences its share, scales up the rest, and repeats itself for the same seed and step alone', () => {
    const topology: Topology = {
      inputShape: [40, 50],
      layers: [{ type: 'dropout', name: 'drop', rate: 0.25 }],
    }
    tf.tidy(() => {
      const model = modelFromNetwork(resolveNetwork(topology))
      const x = tf.ones([3, 40, 50])
      const drop = (seed: number[]) => [
        ...model({}, x, { seed: tf.tensor1d(seed, 'int32') }).logits.dataSync(),
      ]
      const values = drop([7, 1])
      const silenced = values.filter(value => value === 0).length
      assert.ok(Math.abs(silenced / values.length - 0.25) < 0.03, `${silenced} of ${values.length}`)
      assert.ok(values.every(value => value === 0 || Math.abs(value - 4 / 3) < 1e-6))
      assert.deepEqual(drop([7, 1]), values)
      assert.notDeepEqual(drop([7, 2]), values)
      assert.notDeepEqual(drop([8, 1]), values)
      assert.deepEqual([...model({}, x).logits.dataSync()], [...x.dataSync()])
    })
  })

  test('dropout of whole examples keeps each as it is, scaled up, or nothing of it', () => {
    const topology: Topology = {
      inputShape: [2, 3, 4],
      layers: [{ type: 'dropout', name: 'drop', rate: 0.25, perExample: true }],
    }
    tf.tidy(() => {
      const model = modelFromNetwork(resolveNetwork(topology))
      const x = tf.ones([400, 2, 3, 4])
      const pass = { seed: tf.tensor1d([7, 1], 'int32') }
      const examples = tf.reshape(model({}, x, pass).logits, [400, 24]).arraySync() as number[][]
      assert.ok(examples.every(values => values.every(value => value === values[0])))
      const silenced = examples.filter(([value]) => value === 0).length
      assert.ok(Math.abs(silenced / 400 - 0.25) < 0.07, `${silenced} of 400`)
      assert.ok(examples.every(([value]) => value === 0 || Math.abs(value! - 4 / 3) < 1e-6))
      assert.deepEqual([...model({}, x).logits.dataSync()], [...x.dataSync()])
    })
  })

  test('batch normalisation centres and scales a batch, and moves its statistics towards it', () => {
    const topology: Topology = {
      inputShape: [2, 2, 1],
      layers: [{ type: 'batchNormalization', name: 'bn', momentum: 0.75, epsilon: 0 }],
    }
    tf.tidy(() => {
      const variables = {
        'bn/gamma': tf.tensor1d([2]),
        'bn/beta': tf.tensor1d([1]),
        'bn/movingMean': tf.tensor1d([10]),
        'bn/movingVariance': tf.tensor1d([4]),
      }
      // Mean 5, variance 5, unbiased 20 / 3.
      const x = tf.tensor4d([2, 4, 6, 8], [1, 2, 2, 1])
      const model = modelFromNetwork(resolveNetwork(topology))
      const { logits, statistics } = model(variables, x, { seed: tf.tensor1d([0, 0], 'int32') })
      const deviation = Math.sqrt(5)
      expectNear(
        logits,
        [2, 4, 6, 8].map(value => (2 * (value - 5)) / deviation + 1),
      )
      expectNear(statistics['bn/movingMean']!, [0.75 * 10 + 0.25 * 5])
      expectNear(statistics['bn/movingVariance']!, [0.75 * 4 + (0.25 * 20) / 3])
      expectNear(
        model(variables, x).logits,
        [2, 4, 6, 8].map(value => value - 10 + 1),
      )
    })
  })
}

function testGradients(network: string, topology: Topology): void {
  test(`the gradients of the ${network} network are the slopes of its loss`, () => {
    tf.tidy(() => {
      const { params, statistics, x, labels, pass } = arrange(topology)
      const model = modelFromNetwork(resolveNetwork(topology))
      const lossAt = (moved: tf.NamedTensorMap) => {
        const { logits } = model({ ...moved, ...statistics }, x, pass)
        return crossEntropy(logits, labels).sum.dataSync()[0]! / BATCH
      }
      const { logits, pullback } = model({ ...params, ...statistics }, x, pass)
      const gradients = pullback(crossEntropy(logits, labels).gradientOfMean)
      assert.deepEqual(Object.keys(gradients).sort(), Object.keys(params).sort())
      for (const [name, gradient] of Object.entries(gradients)) {
        const length = tf.norm(gradient).dataSync()[0]!
        // A step along the gradient, short enough for the loss to be a line: its slope there is the gradient's length.
        const step = 1e-5 / length
        const along = (sign: number) =>
          lossAt({ ...params, [name]: tf.add(params[name]!, tf.mul(gradient, (sign * step) / length)) })
        const slope = (along(1) - along(-1)) / (2 * step)
        assert.ok(Math.abs(slope / length - 1) < 0.05, `${name}: slope ${slope}, gradient ${length}`)
      }
    })
  })
}

/** The outputs and gradients of all networks, for the engines to be compared. */
export function networkValues(): number[] {
  return Object.values(NETWORKS).flatMap(topology =>
    tf.tidy(() => {
      const { params, statistics, x, labels, pass } = arrange(topology)
      const forward = modelFromNetwork(resolveNetwork(topology))({ ...params, ...statistics }, x, pass)
      const gradients = forward.pullback(crossEntropy(forward.logits, labels).gradientOfMean)
      const all = [forward.logits, ...Object.values(forward.statistics), ...Object.values(gradients)]
      return all.flatMap(tensor => [...tensor.dataSync()])
    }),
  )
}

/** Variables of a network, and a batch for it. */
export function arrange(topology: Topology) {
  const random = randomStream(11, 'test')
  const { params, statistics = [] } = drawVariables(resolveNetwork(topology), 3)
  const pixels = Float32Array.from({ length: BATCH * elementCount(topology.inputShape) }, () =>
    random.normal(),
  )
  return {
    params: toTensors(params!),
    statistics: toTensors(statistics),
    x: tf.tensor(pixels, [BATCH, ...topology.inputShape]),
    labels: tf.tensor1d([0, 1, 2, 3, 4, 0], 'int32'),
    pass: { seed: tf.tensor1d([-5, 9], 'int32') },
  }
}

function expectNear(actual: tf.Tensor, expected: readonly number[]): void {
  const values = [...actual.dataSync()]
  assert.equal(values.length, expected.length)
  for (const [i, value] of values.entries()) {
    assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${values} for ${expected}`)
  }
}
