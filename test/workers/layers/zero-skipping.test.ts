import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { resolveNetwork } from '#network/network.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { hasSparseProducts, sparseProduct } from '#workers/engine/ops/sparse-products.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { zeroSkippingLayers } from '#workers/layers/zero-skipping.ts'

await openEngine('native')

const initializers = { kernelInitializer: 'fanInUniform', biasInitializer: 'zeros' } as const
const conv = (fields: object): LayerSpec =>
  ({
    type: 'conv2d',
    name: 'layer',
    filters: 20,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    ...initializers,
    ...fields,
  }) as LayerSpec
const dense = (units: number): LayerSpec => ({
  type: 'dense',
  name: 'layer',
  units,
  activation: 'relu',
  ...initializers,
})
/** Makes the input of the next layer depend on variables, so that its gradient is needed. */
const before: LayerSpec = { type: 'layerNormalization', name: 'before', epsilon: 1e-3 } as LayerSpec

/** Layers whose products leave out zeros, with the shape of an example and the number of examples. */
const CASES: Record<string, { shape: number[]; batch: number; layers: LayerSpec[] }> = {
  'images of eight columns': { shape: [8, 8, 32], batch: 16, layers: [conv({})] },
  'images wider than a tile': { shape: [5, 21, 17], batch: 18, layers: [conv({ filters: 33 })] },
  'images of seven columns': { shape: [7, 7, 6], batch: 3, layers: [conv({})] },
  'images of four columns': { shape: [4, 4, 40], batch: 33, layers: [conv({ filters: 37 })] },
  'images of three columns': { shape: [5, 3, 8], batch: 16, layers: [conv({})] },
  'images of two columns': { shape: [3, 2, 8], batch: 7, layers: [conv({})] },
  'images of one pixel': { shape: [1, 1, 8], batch: 7, layers: [conv({})] },
  'a column of pixels': { shape: [11, 1, 8], batch: 7, layers: [conv({})] },
  'more rows than fit into a band': { shape: [70, 16, 48], batch: 2, layers: [conv({})] },
  'no padding, an even kernel': {
    shape: [9, 10, 16],
    batch: 5,
    layers: [conv({ padding: 'valid', kernelSize: [2, 4] })],
  },
  'a large kernel': { shape: [12, 12, 3], batch: 5, layers: [conv({ kernelSize: 7 })] },
  'a kernel of one pixel': { shape: [6, 6, 300], batch: 5, layers: [conv({ kernelSize: 1 })] },
  'no bias, linear': {
    shape: [6, 6, 4],
    batch: 5,
    layers: [conv({ biasInitializer: undefined, activation: 'linear' })],
  },
  'another activation': { shape: [6, 6, 4], batch: 5, layers: [conv({ activation: 'tanh' })] },
  'a max pool': {
    shape: [8, 12, 16],
    batch: 19,
    layers: [conv({}), { type: 'maxPooling2d', name: 'pool', poolSize: 2, padding: 'valid' }],
  },
  'a max pool that leaves out rows and columns': {
    shape: [7, 11, 6],
    batch: 6,
    layers: [
      conv({ padding: 'valid', filters: 7 }),
      { type: 'maxPooling2d', name: 'pool', poolSize: [3, 2], padding: 'valid' },
    ],
  },
  'a dense layer': { shape: [700], batch: 40, layers: [dense(50)] },
  'a dense layer and many examples': { shape: [20], batch: 300, layers: [dense(600)] },
  'a dense layer of steps': { shape: [5, 20], batch: 9, layers: [dense(30)] },
}

for (const [name, { shape, batch, layers }] of Object.entries(CASES)) {
  test(`${name}: products without the zeros equal those with them, and so do the gradients`, () => {
    assert.ok(hasSparseProducts(), 'setup has compiled no ops of its own')
    const network = resolveNetwork({ inputShape: shape, layers: [before, ...layers] } as Topology)
    tf.tidy(() => {
      const draw = (of: readonly number[], seed: number) => tf.randomUniform([...of], -1, 1, 'float32', seed)
      const variables = Object.fromEntries(
        network.variables.map(({ name: variable, shape: of }, index) => {
          const isKept = tf.cast(
            tf.less(tf.randomUniform([...of], 0, 1, 'float32', index + 90), 0.1),
            'float32',
          )
          const values = draw(of, index + 2)
          return [variable, variable === 'layer/kernel' ? tf.mul(values, isKept) : values]
        }),
      )
      const x = draw([batch, ...shape], 1)
      const pass = { seed: tf.tensor1d([1, 1], 'int32') }
      const forward = (skipping: string[]) => modelFromNetwork(network, new Set(skipping))(variables, x, pass)
      const [actual, expected] = [forward(['layer']), forward([])]
      expectNear(actual.logits, expected.logits, 'the output')
      const dy = draw(expected.logits.shape, 9)
      const [ours, theirs] = [actual.pullback(dy), expected.pullback(dy)]
      assert.deepEqual(Object.keys(ours), Object.keys(theirs))
      for (const [variable, gradient] of Object.entries(theirs))
        expectNear(ours[variable]!, gradient, variable)
    })
  })
}

function expectNear(actual: tf.Tensor, expected: tf.Tensor, what: string): void {
  assert.deepEqual(actual.shape, expected.shape)
  const largest = tf.max(tf.abs(expected)).dataSync()[0]!
  const furthest = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!
  assert.ok(largest > 0 && furthest <= 3e-6 * largest, `${what}: ${furthest} of ${largest}`)
}

test('a NaN in an image makes the outputs NaN that it reaches by a weight, rectified or not', () => {
  tf.tidy(() => {
    const x = tf.tensor4d([Number.NaN, 1, 1, 1], [1, 1, 2, 2])
    const filter = tf.tensor4d([2, 0, 0, 3], [1, 1, 2, 2])
    for (const rectify of [true, false])
      assert.deepEqual([...sparseProduct({ x, filter }, { rectify }).dataSync()], [Number.NaN, 3, 2, 3])
  })
})

test('layers leave out zeros if they are sparse and large, and their strides are 1', () => {
  const skipping = (preset: 'mnist-mlp' | 'vgg16' | 'resnet50', sparsity: number, sizes: object = {}) => {
    const network = resolveNetwork(PRESET_TOPOLOGIES[preset])
    const sparsities = new Map(network.variables.map(({ name }) => [name, sparsity]))
    return zeroSkippingLayers(network, sparsities, { batchSize: 128, examples: 50_000, ...sizes })
  }
  assert.deepEqual([...skipping('mnist-mlp', 0.95)], ['dense_1'])
  assert.equal(skipping('mnist-mlp', 0.8).size, 0)
  assert.equal(skipping('mnist-mlp', 0.95, { batchSize: 8 }).size, 0)
  assert.equal(skipping('mnist-mlp', 0.95, { examples: 1000 }).size, 0)
  assert.equal(skipping('vgg16', 0.8).size, 13)
  assert.equal(skipping('vgg16', 0.7).size, 0)
  const { placed } = resolveNetwork(PRESET_TOPOLOGIES.resnet50)
  const strided = placed.flatMap(({ layer }) =>
    layer.type === 'conv2d' && layer.strides === 2 ? [layer.name] : [],
  )
  assert.ok(strided.length > 0)
  for (const name of strided) assert.ok(!skipping('resnet50', 0.95).has(name), name)
})
