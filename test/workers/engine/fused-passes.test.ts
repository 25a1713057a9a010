import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { preprocessingFor, shiftAndFactor } from '#formats/preprocessing.ts'
import { randomStream } from '#network/random.ts'
import { normaliser } from '#workers/data/batch-tensors.ts'
import { uploadBytes } from '#workers/engine/bytes.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { BYTES_TO_FLOATS, CORRECT_COUNT, CROSS_ENTROPY } from '#workers/engine/ops/kernel-names.ts'
import { hasRectifiedGradient, rectifiedGradient } from '#workers/engine/ops/rectified-gradient.ts'
import { crossEntropy } from '#workers/training/losses.ts'
import { correctCount } from '#workers/training/metrics.ts'

await openEngine('native')

test('setup has compiled the ops that compute several functions in one pass', () => {
  for (const kernel of [BYTES_TO_FLOATS, CORRECT_COUNT, CROSS_ENTROPY])
    assert.ok(tf.getKernel(kernel, 'tensorflow'), kernel)
  assert.ok(hasRectifiedGradient())
})

for (const [rows, classes] of [
  [1, 2],
  [128, 10],
  [33, 1000],
] as const) {
  test(`the loss of ${rows} rows of ${classes} classes and its gradient equal those in float64`, () => {
    const { logits, labels } = drawAnswers(rows, classes)
    const { sum, gradientOfMean } = crossEntropy(
      tf.tensor2d(logits, [rows, classes]),
      tf.tensor1d(labels, 'int32'),
    )
    const gradient = gradientOfMean.dataSync()
    let total = 0
    for (let row = 0; row < rows; row++) {
      const values = [...logits.subarray(row * classes, (row + 1) * classes)]
      const largest = Math.max(...values)
      const exponentials = values.map(value => Math.exp(value - largest))
      const scale = exponentials.reduce((a, b) => a + b)
      total += Math.log(scale) + largest - values[labels[row]!]!
      for (const [place, exponential] of exponentials.entries()) {
        const expected = (exponential / scale - (place === labels[row] ? 1 : 0)) / rows
        assert.ok(Math.abs(gradient[row * classes + place]! - expected) < 1e-5 / rows)
      }
    }
    assert.ok(Math.abs(sum.dataSync()[0]! - total) < 1e-6 * (rows + total))
  })
}

test('a loss is NaN if a logit is NaN or a label is not a class', () => {
  const lossOf = (logits: number[], label: number) =>
    crossEntropy(tf.tensor2d(logits, [1, 3]), tf.tensor1d([label], 'int32')).sum.dataSync()[0]
  for (const place of [0, 1, 2]) assert.equal(lossOf([1, 2, 3].with(place, Number.NaN), 1), Number.NaN)
  for (const label of [-1, 3]) assert.equal(lossOf([1, 2, 3], label), Number.NaN)
})

test('an answer is correct if its first largest logit is at the label', () => {
  const logits = tf.tensor2d([3, 1, 2, 1, 3, 3, 0, 0, 0, -2, -1, -3], [4, 3])
  const countFor = (labels: number[]) => correctCount(logits, tf.tensor1d(labels, 'int32')).dataSync()[0]
  assert.equal(countFor([0, 1, 0, 1]), 4)
  assert.equal(countFor([1, 2, 1, 0]), 0)
})

for (const [shape, channels] of [
  [[1, 1], 1],
  [[128, 512], 512],
  [[3, 7, 5, 17], 17],
  [[2000, 40], 40],
] as const) {
  test(`the gradients behind a ReLU of [${shape}] equal those of TensorFlow's kernels`, () => {
    const random = randomStream(1, 'test', ...shape)
    const draw = () =>
      tf.tensor(
        [...Array(tf.util.sizeFromShape([...shape]))].map(() => random.normal()),
        [...shape],
      )
    const [dy, y] = [draw(), tf.relu(draw())]
    const before = dy.dataSync().slice()
    const { dz, dbias } = rectifiedGradient(dy, y)
    const expected = tf.where(tf.greater(y, 0), dy, tf.zerosLike(dy))
    assert.deepEqual(dz.dataSync(), expected.dataSync())
    assert.deepEqual(dy.dataSync(), before)
    const sums = tf.sum(expected, [...Array(shape.length - 1).keys()]).dataSync()
    assert.equal(dbias.size, channels)
    for (const [channel, sum] of dbias.dataSync().entries()) assert.ok(Math.abs(sum - sums[channel]!) < 1e-4)
  })
}

for (const [inputShape, mean, std] of [
  [[28, 28, 1], [0.13], [0.31]],
  [
    [5, 3, 3],
    [0.4, 0.5, 0.6],
    [0.2, 0.3, 0.4],
  ],
  [[784], [0], [1]],
] as const) {
  test(`bytes of [${inputShape}] become the same floats in one pass as by a difference and a product`, () => {
    const preprocessing = preprocessingFor({ mean: [...mean], std: [...std] }, 1 / 255)
    const normalise = normaliser(preprocessing, { dtype: 'uint8', inputShape })
    const { shift, factor } = shiftAndFactor(preprocessing)
    const random = randomStream(1, 'test', ...inputShape)
    const bytes = Uint8Array.from({ length: 9 * tf.util.sizeFromShape([...inputShape]) }, () =>
      random.below(256),
    )
    const expected = tf.mul(
      tf.sub(tf.tensor(Float32Array.from(bytes), [9, ...inputShape]), tf.tensor1d([...shift])),
      tf.tensor1d([...factor]),
    )
    assert.deepEqual(normalise(uploadBytes(bytes, [9, ...inputShape])).dataSync(), expected.dataSync())
  })
}

function drawAnswers(rows: number, classes: number): { logits: Float32Array; labels: Int32Array } {
  const random = randomStream(1, 'test', rows, classes)
  const logits = Float32Array.from({ length: rows * classes }, () => 5 * random.normal())
  return { logits, labels: Int32Array.from({ length: rows }, () => random.below(classes)) }
}
