import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '#network/random.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { DROPOUT, dropUnits } from '#workers/engine/ops/dropout.ts'
import { RANDOM_UNIFORM } from '#workers/engine/ops/kernel-names.ts'

await openEngine('native')

/** Around the number of elements that are drawn at once, by one thread and by several. */
const SIZES = [1, 5, 63, 64, 8191, 8192, 8193, 100_003]

for (const rate of [0.1, 0.5]) {
  for (const size of SIZES) {
    test(`dropout by an own op drops those of ${size} units that TensorFlow's random numbers choose, at the rate ${rate}`, () => {
      assert.ok(tf.getKernel(DROPOUT, 'tensorflow'), 'setup has not compiled the own ops')
      for (const seed of [
        [1, 2],
        [-7, 2 ** 31 - 1],
      ])
        expectSameBits(drawValues(size), seed, rate)
    })
  }
}

test('a NaN that is dropped stays NaN', () => {
  expectSameBits(new Float32Array(300).fill(Number.NaN), [3, 4], 0.5)
})

function drawValues(size: number): Float32Array {
  const random = randomStream(1, 'test', size)
  return Float32Array.from({ length: size }, () => random.normal())
}

function expectSameBits(values: Float32Array, seedWords: number[], rate: number): void {
  tf.tidy(() => {
    const [x, dy] = [tf.tensor1d(values), tf.tensor1d(drawValues(values.length))]
    const seed = tf.tensor1d(seedWords, 'int32')
    const uniform = tf.engine().runKernel<tf.Tensor>(RANDOM_UNIFORM, { seed }, { shape: x.shape })
    const mask = tf.mul(tf.cast(tf.greaterEqual(uniform, rate), 'float32'), 1 / (1 - rate))
    const { y, gradient } = dropUnits(x, seed, rate)
    assert.deepEqual(y.dataSync(), tf.mul(x, mask).dataSync())
    assert.deepEqual(gradient(dy).dataSync(), tf.mul(dy, mask).dataSync())
    assert.deepEqual(x.dataSync(), values)
  })
}
