import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '#network/random.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { GRDA_STEP, grdaStep } from '#workers/engine/ops/grda-step.ts'
import { softThreshold } from '#workers/engine/ops/soft-threshold.ts'

await openEngine('native')

const RATE = 0.3
const L1 = 0.7

for (const size of [1, 17, 16_384, 100_003]) {
  test(`gRDA's own op gives the bits of TensorFlow's kernels for ${size} weights, and does not change its inputs`, () => {
    assert.ok(tf.getKernel(GRDA_STEP, 'tensorflow'), 'setup has not compiled the own ops')
    const random = randomStream(1, 'test', size)
    const draw = () => Float32Array.from({ length: size }, () => 4 * random.next() - 2)
    const { v, g } = { v: draw(), g: draw() }
    expectSameBits(v, g)
  })
}

test("gRDA's own op treats zeros, infinities, subnormals and NaN as TensorFlow's kernels do", () => {
  const special = [0, -0, 1e-42, -1e-42, L1, -L1, Infinity, -Infinity, Number.NaN, 3e38, -3e38]
  const pairs = special.flatMap(v => special.map(g => [v, g] as const))
  expectSameBits(
    Float32Array.from(pairs, ([v]) => v),
    Float32Array.from(pairs, ([, g]) => g),
  )
})

function expectSameBits(v: Float32Array, g: Float32Array): void {
  tf.tidy(() => {
    const [vTensor, gTensor, rate, l1] = [tf.tensor1d(v), tf.tensor1d(g), tf.scalar(RATE), tf.scalar(L1)]
    const { accumulator, weights } = grdaStep(vTensor, gTensor, rate, l1)
    const moved = tf.sub(vTensor, tf.mul(gTensor, rate))
    assert.deepEqual(bitsOf(accumulator), bitsOf(moved))
    assert.deepEqual(bitsOf(weights), bitsOf(softThreshold(moved, l1)))
    assert.deepEqual(gTensor.dataSync(), g)
  })
}

/** NaN has many bit patterns; which one results does not matter. */
function bitsOf(tensor: tf.Tensor): Uint32Array {
  const values = tensor.dataSync<'float32'>().map(value => (Number.isNaN(value) ? Number.NaN : value))
  return new Uint32Array(values.buffer, values.byteOffset, values.length)
}
