import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { readTopology } from '#interchange/read-topology.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'

const KERAS2 = JSON.parse(
  readFileSync(new URL(import.meta.resolve('#test/fixtures/keras2_functional.json')), 'utf8'),
)
const layer = (class_name: string, config: object) => ({ class_name, config })
const SEQUENCE = {
  class_name: 'Sequential',
  config: {
    layers: [
      layer('InputLayer', { name: 'tokens', batch_shape: [null, 12] }),
      layer('Embedding', { name: 'embedding', input_dim: 50, output_dim: 8 }),
      layer('Conv1D', { name: 'conv', filters: 8, kernel_size: [3], activation: 'gelu' }),
      layer('MaxPooling1D', { name: 'pool' }),
      layer('LSTM', { name: 'lstm', units: 4, return_sequences: true }),
      layer('GRU', { name: 'gru', units: 4, go_backwards: true, bias_initializer: 'ones' }),
      layer('LayerNormalization', { name: 'norm' }),
      layer('Dense', { name: 'out', units: 3, activation: 'softmax', kernel_initializer: 'orthogonal' }),
    ],
  },
}
const IMAGES = {
  class_name: 'Sequential',
  config: {
    layers: [
      layer('InputLayer', { name: 'image', batch_shape: [null, 16, 16, 3] }),
      layer('SeparableConv2D', { name: 'separable', filters: 8, kernel_size: [3, 5], padding: 'same' }),
      layer('DepthwiseConv2D', { name: 'depthwise', kernel_size: 3, depth_multiplier: 2 }),
      layer('BatchNormalization', { name: 'bn' }),
      layer('LeakyReLU', { name: 'leaky' }),
      layer('Conv2DTranspose', { name: 'transpose', filters: 4, kernel_size: 3, strides: [2, 1] }),
      layer('ZeroPadding2D', {
        name: 'pad',
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      layer('AveragePooling2D', { name: 'pool', pool_size: [2, 3] }),
      layer('UpSampling2D', { name: 'up', size: [1, 2] }),
      layer('GlobalMaxPooling2D', { name: 'max' }),
      layer('Reshape', { name: 'reshape', target_shape: [2, -1] }),
      layer('Flatten', { name: 'flat' }),
      layer('Dense', { name: 'out', units: 3, kernel_initializer: layer('RandomNormal', { stddev: 0.1 }) }),
    ],
  },
}

/** The same value with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}

describe('a network in the form of a job spec', () => {
  it('is read back as the same text, for any order of its keys', () => {
    for (const keras of [KERAS2, SEQUENCE, IMAGES]) {
      const { topology } = readTopology(keras)
      assert.equal(JSON.stringify(readTopology(reversed(topology)).topology), JSON.stringify(topology))
    }
    for (const topology of Object.values(PRESET_TOPOLOGIES))
      assert.deepEqual(readTopology(topology).topology, topology)
  })

  it('is refused with the path of the mistake', () => {
    const dense = { type: 'dense', name: 'out', units: 2, activation: 'linear', kernelInitializer: 'zeros' }
    const of = (...layers: unknown[]) => ({ inputShape: [4], layers })
    for (const [json, path, message] of [
      [of({ ...dense, units: 0 }), 'layers.0.units', /./],
      [of({ ...dense, unit: 2 }), 'layers.0.unit', /Did you mean "units"/],
      [of({ ...dense, type: 'densee' }), 'layers.0.type', /Did you mean "dense"/],
      [of({ ...dense, activation: 'softmax' }), 'layers.0.activation', /linear: the loss applies softmax/],
      [
        of({ ...dense, kernelInitializer: 'forgetGateOnes' }),
        'layers.0.kernelInitializer',
        /only in an lstm/,
      ],
      [of(dense, dense), 'layers.1.name', /name of another layer/],
      [of({ ...dense, name: 'a/b' }), 'layers.0.name', /without slashes/],
      [of({ ...dense, name: 'input' }), 'layers.0.name', /network's input/],
      [of({ ...dense, inputs: ['nowhere'] }), 'layers', /has the input nowhere/],
      [
        of({ ...dense, units: 1_000_000 }, { ...dense, name: 'more', units: 1_000_000 }),
        'layers',
        /parameters/,
      ],
      [of({ type: 'flatten', name: 'f' }, { type: 'lstm', name: 'l' }), 'layers.1.units', /is required/],
      [of(), 'layers', /./],
      [{ inputShape: [-1], layers: [dense] }, 'inputShape.0', /./],
    ] as const) {
      assert.throws(
        () => readTopology(json, 'softmax'),
        (error: AppError) => {
          const found = error.mistakes.find(mistake => mistake.path === `model.topology.${path}`)
          assert.ok(found, `${path}: ${JSON.stringify(error.mistakes)}`)
          assert.match(found.message, message)
          return error instanceof AppError
        },
      )
    }
  })
})
