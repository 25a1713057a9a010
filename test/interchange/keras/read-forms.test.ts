import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readKerasModel, topologyFromKeras } from '#interchange/keras/read-model.ts'
import { input, layer, sequential } from './keras-json.ts'

const points = input(4)
const dense = layer('Dense', { units: 2 })
const hard = layer('Dense', { name: 'hard', units: 3, activation: 'hard_sigmoid' })
const withoutInput = { ...hard, config: { ...hard.config, batch_input_shape: [null, 4] } }

const functional = (layers: object[], outputs?: unknown) => ({
  class_name: 'Functional',
  config: { layers, ...(outputs !== undefined && { output_layers: outputs }) },
})
const taking = (one: object, from: string, kwargs: object = {}) => ({
  ...one,
  inbound_nodes: [[[from, 0, 0, kwargs]]],
})

/** Models with a hard sigmoid, by the version of Keras that defines it. */
const VERSIONS: Record<string, [json: object, activation: string]> = {
  'tf.keras 2.15, which writes modules like Keras 3': [
    { ...sequential(input(4), { ...hard, module: 'keras.layers' }, dense), keras_version: '2.15.0' },
    'keras2HardSigmoid',
  ],
  'TensorFlow.js': [
    { modelTopology: { ...sequential(withoutInput, dense), keras_version: 'tfjs-layers 4.22.0' } },
    'keras2HardSigmoid',
  ],
  'a converted model.json': [
    { modelTopology: { keras_version: '2.4.0', model_config: sequential(points, hard, dense) } },
    'keras2HardSigmoid',
  ],
  'Keras 2 without its version': [sequential(withoutInput, dense), 'keras2HardSigmoid'],
  'a .keras file of tf_keras': [
    { module: 'tf_keras.src.engine.sequential', ...sequential(points, hard, dense) },
    'keras2HardSigmoid',
  ],
  'Keras 3': [{ ...sequential(points, hard, dense), keras_version: '3.15.1' }, 'hardSigmoid'],
  'Keras 3 without its version': [sequential(points, hard, dense), 'hardSigmoid'],
  'Keras 3 in the form of Keras 2': [
    { module: 'keras.src.models.functional', ...sequential(withoutInput, dense) },
    'hardSigmoid',
  ],
}
for (const [what, [json, activation]] of Object.entries(VERSIONS)) {
  it(`the hard sigmoid of ${what} is that of its version`, () => {
    const [first] = topologyFromKeras(json).layers
    assert.equal(first?.type === 'dense' && first.activation, activation)
  })
}

it('a Sequential whose config is the list of its layers is read like any other', () => {
  const layers = [{ ...hard, config: { ...hard.config, batch_input_shape: [null, 4] } }, dense]
  const bare = { class_name: 'Sequential', config: layers }
  assert.deepEqual(topologyFromKeras(bare), topologyFromKeras(sequential(...layers)))
  assert.throws(() => topologyFromKeras({ ...bare, config: [...layers, layer('Lambda')] }), {
    message: /^model\.topology\.config\.2\.class_name: is Lambda/,
  })
})

it('layers that lead to no output are left out with a warning, as in Keras', () => {
  const idle = layer('Dense', { units: 3, name: 'idle' })
  const after = layer('Dense', { units: 5, name: 'after' })
  const { topology, warnings } = readKerasModel(
    functional(
      [points, taking(idle, 'input'), taking(dense, 'input'), taking(after, 'Dense')],
      [['Dense', 0, 0]],
    ),
  )
  assert.deepEqual(
    topology.layers.map(({ name }) => name),
    ['Dense'],
  )
  assert.deepEqual(
    warnings.map(({ code, path }) => [code, path]),
    [
      ['layer_left_out', 'model.topology.config.layers.1'],
      ['layer_left_out', 'model.topology.config.layers.3'],
    ],
  )
})

it('frozen layers without variables are accepted', () => {
  const frozen = layer('ReLU', { trainable: false })
  const { layers } = topologyFromKeras(
    functional([
      points,
      taking(frozen, 'input', { training: false }),
      taking(dense, 'ReLU', { training: null, mask: null }),
    ]),
  )
  assert.deepEqual(
    layers.map(({ type }) => type),
    ['activation', 'dense'],
  )
})

it('a dropout called with training=False is removed in Keras 2 and kept in Keras 3, which writes it for every dropout', () => {
  const rateIn = (keras_version: string) => {
    const called = taking(layer('Dropout', { rate: 0.5 }), 'input', { training: false })
    const json = { ...functional([points, called, taking(dense, 'Dropout')]), keras_version }
    return (topologyFromKeras(json).layers[0] as { rate: number }).rate
  }
  assert.deepEqual([rateIn('2.15.0'), rateIn('3.15.1')], [0, 0.5])
})

it('a precision other than float32 causes one warning for all layers that have it', () => {
  const policy = { class_name: 'DTypePolicy', config: { name: 'mixed_float16' } }
  const of = (name: string, dtype: unknown) => layer('Dense', { name, units: 2, dtype })
  const { warnings } = readKerasModel(
    sequential(input(4), of('a', policy), of('b', 'mixed_float16'), of('c', 'float64'), of('d', 'float32')),
  )
  assert.deepEqual(
    warnings.map(({ code, path, message }) => [code, path, message.split(' in the file')[0]]),
    [
      ['trained_in_float32', 'model.topology.config.layers.1.config.dtype', 'a, b are mixed_float16'],
      ['trained_in_float32', 'model.topology.config.layers.3.config.dtype', 'c is float64'],
    ],
  )
})
