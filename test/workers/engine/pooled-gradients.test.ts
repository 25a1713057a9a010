import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { placeLayers } from '#network/place-layers.ts'
import { sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { hasPooledGradients, poolRectified } from '#workers/engine/ops/pooled-gradients.ts'
import { convolution } from '#workers/layers/convolution.ts'
import type { Layer } from '#workers/layers/layer.ts'
import { maxPooling } from '#workers/layers/max-pooling.ts'
import { pooledConvolutionAt } from '#workers/layers/pooled-convolution.ts'

await openEngine('native')

const BATCH = 5
const zeros = { name: 'constant', value: 0 } as const

interface Pair {
  image: [number, number, number]
  conv?: Partial<LayerOf<'conv2d'>>
  pool?: Partial<LayerOf<'maxPooling2d'>>
}

/** A convolution and the max pooling after it; omitted fields have the usual values. */
const PAIRS: Record<string, Pair> = {
  'windows of 2 x 2': { image: [12, 12, 3] },
  'one channel, many filters': { image: [28, 28, 1], conv: { kernelSize: 5, filters: 20 } },
  'more channels than fit into a register': { image: [8, 8, 40], conv: { filters: 70 } },
  'margins around the image': { image: [9, 11, 4], conv: { padding: 'same', kernelSize: 5 } },
  'a stride, and margins on one side': {
    image: [13, 10, 4],
    conv: { padding: 'same', strides: [2, 1], kernelSize: [3, 4] },
  },
  'rows and columns that no window reaches': { image: [11, 12, 4], pool: { poolSize: [2, 4] } },
  'windows of 3 x 3': { image: [14, 17, 4], pool: { poolSize: 3 } },
  'windows of one row': { image: [6, 8, 4], pool: { poolSize: [1, 4] } },
}

for (const [what, pair] of Object.entries(PAIRS)) {
  for (const values of ['drawn at random', 'that are often equal'] as const) {
    test(`${what}, values ${values}: the gradients equal those of separate convolution and pooling`, () => {
      assert.ok(hasPooledGradients(), 'setup has compiled no ops of its own')
      tf.tidy(() => compare(pair, values === 'drawn at random'))
    })
  }
}

for (const side of [2, 3]) {
  test(`a NaN propagates through pooling from any position in its window of ${side} x ${side}`, () => {
    const pool = [side, side] as const
    const geometry = { kernel: [1, 1], strides: [1, 1], margins: [0, 0], pool } as const
    for (let place = 0; place < side * side; place++) {
      const values = Array.from({ length: side * side }, (_, index) => (index === place ? Number.NaN : index))
      const { p } = tf.tidy(() => poolRectified(tf.tensor4d(values, [1, side, side, 1]), geometry))
      assert.ok(Number.isNaN(p.dataSync()[0]), `place ${place}`)
    }
  })
}

function compare({ image, conv, pool }: Pair, isRandom: boolean): void {
  const first: LayerOf<'conv2d'> = {
    type: 'conv2d',
    name: 'conv',
    filters: 6,
    kernelSize: 3,
    padding: 'valid',
    activation: 'relu',
    kernelInitializer: zeros,
    biasInitializer: zeros,
    ...conv,
  }
  const second: LayerOf<'maxPooling2d'> = { type: 'maxPooling2d', name: 'pool', poolSize: 2, ...pool }
  const placed = placeLayers({ inputShape: image, layers: [first, second] })
  const { layer: fused } = pooledConvolutionAt(1, placed)!
  const [convolve, choose] = [convolution(first), maxPooling(second)]
  const apart: Layer = call => {
    const convolved = convolve(call)
    const chosen = choose({ ...call, inputs: [convolved.y] })
    return { y: chosen.y, pullback: dy => convolved.pullback(chosen.pullback(dy).dx(0)) }
  }
  const draw = (shape: readonly number[], seed: number) => {
    const values = tf.randomUniform([...shape], -1, 1, 'float32', seed)
    return isRandom ? values : tf.round(tf.mul(values, 2))
  }
  const variables = {
    'conv/kernel': draw([...sidesOf(first.kernelSize), image[2], first.filters], 1),
    'conv/bias': draw([first.filters], 2),
  }
  const pass = { seed: tf.tensor1d([1, 1], 'int32') }
  const call = { variables, inputs: [draw([BATCH, ...image], 3)], pass }
  const [actual, expected] = [fused(call), apart(call)]
  assert.deepEqual(actual.y.dataSync(), expected.y.dataSync())
  const dy = tf.randomUniform(actual.y.shape, -1, 1, 'float32', 4)
  const [ours, theirs] = [actual.pullback(dy), expected.pullback(dy)]
  assert.deepEqual(Object.keys(ours.gradients), Object.keys(theirs.gradients))
  for (const [name, gradient] of Object.entries(theirs.gradients))
    expectNear(ours.gradients[name]!, gradient, name)
  expectNear(ours.dx(0), theirs.dx(0), 'dx')
}

function expectNear(actual: tf.Tensor, expected: tf.Tensor, what: string): void {
  assert.deepEqual(actual.shape, expected.shape)
  const largest = tf.max(tf.abs(expected)).dataSync()[0]!
  const furthest = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!
  assert.ok(largest > 0 && furthest <= 2e-6 * largest, `${what}: ${furthest} of ${largest}`)
}
