import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { resolveNetwork } from '#network/network.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import { variablesOf } from '#network/variables.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { crossEntropy } from '#workers/training/losses.ts'
import { correctCount } from '#workers/training/metrics.ts'
import { drawWeights } from '#workers/training/weights.ts'

const BATCH = 2

/** What models and losses owe the training, on whatever engine is open. */
export function testModels(): void {
  for (const name of ['mnist-mlp', 'mnist-lenet', 'cifar10-cnn'] as const) {
    const topology = PRESET_TOPOLOGIES[name]

    test(`${name} makes logits of images, and gradients that a gradient tape confirms`, () => {
      tf.tidy(() => {
        const model = modelFromNetwork(resolveNetwork(topology))
        const params = Object.fromEntries(
          drawWeights(resolveNetwork(topology), 5).map(({ name, shape, data }) => [
            name,
            tf.tensor(data, [...shape]),
          ]),
        )
        const random = randomStream(5, 'test')
        const pixels = Float32Array.from({ length: BATCH * elementCount(topology.inputShape) }, () =>
          random.next(),
        )
        const x = tf.tensor(pixels, [BATCH, ...topology.inputShape])
        const y = tf.tensor1d([7, 3], 'int32')

        // A tape knows the kernels of evaluation alone, which computes the same where nothing drops out.
        const drops = topology.layers.some(({ type }) => type === 'dropout')
        const pass = drops ? undefined : { seed: tf.tensor1d([5, 1], 'int32') }
        const { logits, pullback } = model(params, x, pass)
        assert.deepEqual(logits.shape, [BATCH, 10])
        const gradients = pullback(crossEntropy(logits, y).gradientOfMean)

        const names = variablesOf(topology).map(variable => variable.name)
        assert.deepEqual(Object.keys(gradients).sort(), names.toSorted())
        const tapeGradients = tf.grads((...values) => {
          const { logits } = model(Object.fromEntries(names.map((name, i) => [name, values[i]!])), x)
          const likelihoods = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(y, 10)), 1)
          return tf.neg(tf.mean(likelihoods))
        })(names.map(name => params[name]!))
        names.forEach((name, i) => {
          assert.deepEqual(gradients[name]!.shape, params[name]!.shape)
          const largest = tf.max(tf.abs(tapeGradients[i]!)).dataSync()[0]!
          const difference = tf.max(tf.abs(tf.sub(gradients[name]!, tapeGradients[i]!))).dataSync()[0]!
          assert.ok(difference <= 1e-5 * largest, `${name} differs by ${difference} of ${largest}`)
        })
      })
    })
  }

  test('cross-entropy and accuracy of known logits', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([
        [0, Math.log(3)],
        [1000, 0],
        [0, 0],
      ])
      const labels = tf.tensor1d([1, 0, 1], 'int32')
      const { sum, gradientOfMean } = crossEntropy(logits, labels)
      // -log(3/4), 0 however large the logit, -log(1/2)
      assert.ok(Math.abs(sum.dataSync()[0]! - Math.log(8 / 3)) < 1e-6)
      const expected = [0.25 / 3, -0.25 / 3, 0, 0, 0.5 / 3, -0.5 / 3]
      gradientOfMean.dataSync().forEach((value, i) => {
        assert.ok(Math.abs(value - expected[i]!) < 1e-7)
      })
      // Of equal logits the first is the answer.
      assert.equal(correctCount(logits, labels).dataSync()[0], 2)
    })
  })
}
