import assert from 'node:assert/strict'
import { it } from 'node:test'
import { topologyFromKeras } from '#interchange/keras/read-model.ts'
import { initialWeights } from '#network/initializers.ts'
import { variablesOf } from '#network/variables.ts'
import { input, layer, sequential, testRefusals } from './keras-json.ts'

testRefusals({
  'an initializer with an empty range': [
    sequential(
      input(8),
      layer('Dense', {
        units: 10,
        kernel_initializer: { class_name: 'RandomUniform', config: { minval: 1, maxval: -1 } },
      }),
    ),
    'model.topology.config.layers.1.config.kernel_initializer.config',
    /must have a minval below its maxval/,
  ],
  'a constant that is not a number': [
    sequential(
      input(8),
      layer('Dense', {
        units: 10,
        kernel_initializer: { class_name: 'Constant', config: { value: [1, 2] } },
      }),
    ),
    'model.topology.config.layers.1.config.kernel_initializer.config.value',
    /must be a number/,
  ],
  'a matrix that is too large to make orthogonal': [
    sequential(input(9000), layer('Dense', { units: 9000, kernel_initializer: 'orthogonal' })),
    'model.topology.config.layers',
    /Dense\/kernel \[9000,9000\] is too large for the initializer orthogonal/,
  ],
})

/** The initializer of EfficientNet's convolutions. */
const OUTWARD = { scale: 2, mode: 'fan_out', distribution: 'truncated_normal' }

it('initializers are read with their parameters, for every version of Keras', () => {
  const initializerOf = (kernel_initializer: unknown) => {
    const { layers } = topologyFromKeras(
      sequential(input(8), layer('Dense', { units: 10, kernel_initializer })),
    )
    return (layers[0] as { kernelInitializer?: unknown }).kernelInitializer
  }
  const keras3 = { module: 'keras.initializers', registered_name: null }
  const uniform = { name: 'randomUniform', minval: -0.05, maxval: 0.05 }
  assert.deepEqual(initializerOf('uniform'), uniform)
  assert.deepEqual(initializerOf('random_uniform'), uniform)
  assert.deepEqual(
    initializerOf({ ...keras3, class_name: 'RandomUniform', config: { seed: null, minval: -1, maxval: 2 } }),
    { name: 'randomUniform', minval: -1, maxval: 2 },
  )
  assert.deepEqual(
    initializerOf({ ...keras3, class_name: 'TruncatedNormal', config: { mean: 0, stddev: 0.1 } }),
    {
      name: 'truncatedNormal',
      mean: 0,
      stddev: 0.1,
    },
  )
  assert.deepEqual(initializerOf({ class_name: 'Orthogonal', config: { gain: 1, seed: null } }), {
    name: 'orthogonal',
    gain: 1,
  })
  assert.deepEqual(initializerOf({ class_name: 'Constant', config: { value: 0.5 } }), {
    name: 'constant',
    value: 0.5,
  })
  const scaling = { scale: 1, mode: 'fan_avg', distribution: 'uniform' }
  assert.equal(initializerOf({ class_name: 'VarianceScaling', config: scaling }), 'glorotUniform')
  assert.deepEqual(initializerOf({ class_name: 'VarianceScaling', config: OUTWARD }), {
    name: 'varianceScaling',
    scale: 2,
    mode: 'fanOut',
    distribution: 'truncatedNormal',
  })
})

it('a variance scaling without a separate name draws values of its variance', () => {
  const kernel_initializer = { class_name: 'VarianceScaling', config: OUTWARD }
  const dense = layer('Dense', { units: 50, kernel_initializer })
  const topology = topologyFromKeras(sequential(input(400), dense))
  const values = initialWeights(variablesOf(topology), 3).get('Dense/kernel')!
  const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length
  assert.ok(Math.abs(variance / (2 / 50) - 1) < 0.05, `${variance}`)
})
