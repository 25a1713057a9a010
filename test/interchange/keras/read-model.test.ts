import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { input, layer, type Refusals, sequential, testRefusals } from './keras-json.ts'

const image = input(28, 28, 1)
const flatten = layer('Flatten')
const dense = layer('Dense', { units: 10 })

/** A layer that merges the input with another layer. */
const joined = (other: string, config: object) => ({
  class_name: 'Functional',
  config: {
    layers: [
      image,
      { ...layer(other), inbound_nodes: [[['input', 0, 0, {}]]] },
      {
        ...layer('Concatenate', config),
        inbound_nodes: [
          [
            ['input', 0, 0, {}],
            [other, 0, 0, {}],
          ],
        ],
      },
      { ...flatten, inbound_nodes: [[['Concatenate', 0, 0, {}]]] },
    ],
  },
})

/** A layer that is called with further arguments. */
const called = (className: string, kwargs: object, config: object = {}) => ({
  class_name: 'Functional',
  config: {
    layers: [
      image,
      { ...layer(className, config), inbound_nodes: [[['input', 0, 0, kwargs]]] },
      { ...flatten, inbound_nodes: [[[className, 0, 0, {}]]] },
      { ...dense, inbound_nodes: [[['Flatten', 0, 0, {}]]] },
    ],
  },
})

const REFUSED: Refusals = {
  'JSON that is not a model': [
    { layers: [] },
    'model.topology.class_name',
    /what model.to_json\(\) of Keras writes/,
  ],
  'a Lambda': [
    sequential(image, layer('Lambda', { function: 'code' })),
    'model.topology.config.layers.1.class_name',
    /is Lambda, which is not supported; the supported layers are: Dense,/,
  ],
  'a layer that is not supported': [
    sequential(image, flatten, layer('ConvLSTM2D'), dense),
    'model.topology.config.layers.2.class_name',
    /is ConvLSTM2D/,
  ],
  'a name from the prototype': [
    sequential(image, layer('constructor')),
    'model.topology.config.layers.1.class_name',
    /is constructor/,
  ],
  'images concatenated along rows': [
    joined('ReLU', { axis: 1 }),
    'model.topology.config.layers.2.config.axis',
    /must be -1, the last/,
  ],
  'a concatenation of images of two sizes': [
    joined('MaxPooling2D', {}),
    'model.topology.config.layers',
    /Concatenate takes inputs of different shapes/,
  ],
  'images for a layer over sequences': [
    sequential(image, layer('Conv1D', { filters: 1, kernel_size: 2 }), dense),
    'model.topology.config.layers',
    /Conv1D takes sequences, not \[28,28,1\]/,
  ],
  'a frozen layer': [
    sequential(image, flatten, layer('Dense', { units: 10, trainable: false })),
    'model.topology.config.layers.2.config.trainable',
    /must be true/,
  ],
  'an image as output': [
    sequential(image, layer('MaxPooling2D')),
    'model.topology.config.layers',
    /must end in one number per class, not in \[14,14,1\] of MaxPooling2D/,
  ],
  'a nonlinearity between the logits and the loss': [
    sequential(image, flatten, layer('Dense', { units: 10, activation: 'sigmoid' })),
    'model.topology.config.layers.2.config.activation',
    /must be linear or softmax/,
  ],
  'an output that is not a layer': [
    { class_name: 'Functional', config: { layers: [image, flatten], output_layers: [['Dense', 0, 0]] } },
    'model.topology.config.output_layers',
    /names no layer of the model/,
  ],
  'a model inside a model': [
    sequential(image, layer('Functional', { layers: [] }), flatten, dense),
    'model.topology.config.layers.1.class_name',
    /is Functional, a model inside a model: build one model from the layers themselves/,
  ],
  'a normalization that is called with training=False': [
    called('BatchNormalization', { training: false }),
    'model.topology.config.layers.1.inbound_nodes',
    /calls BatchNormalization with training=False/,
  ],
  'a dropout that is called with training=True': [
    called('Dropout', { training: true }, { rate: 0.5 }),
    'model.topology.config.layers.1.inbound_nodes',
    /calls Dropout with training=True/,
  ],
  'a call with further arguments': [
    called('Dropout', { noise: 1 }, { rate: 0.5 }),
    'model.topology.config.layers.1.inbound_nodes.0.noise',
    /is not supported: call the layer with its input only/,
  ],
  'a layer whose inputs cannot be read': [
    {
      class_name: 'Functional',
      config: { layers: [image, { ...flatten, inbound_nodes: [{ args: ['image'] }] }] },
    },
    'model.topology.config.layers.1.inbound_nodes.0',
    /must name the input layers/,
  ],
  'weights of eight bits': [
    sequential(
      image,
      flatten,
      layer('Dense', {
        units: 10,
        dtype: { class_name: 'QuantizedDTypePolicy', config: { mode: 'int8', source_name: 'float32' } },
      }),
    ),
    'model.topology.config.layers.2.config.dtype',
    /is int8: save the model before it is quantized/,
  ],
  'an input of any size': [
    sequential(
      { class_name: 'InputLayer', config: { batch_shape: [null, null, 28, 1], name: 'input' } },
      flatten,
      dense,
    ),
    'model.topology.config.layers.0',
    /shape of an example/,
  ],
  'two layers of one name': [
    sequential(image, flatten, dense, dense),
    'model.topology.config.layers.3.config.name',
    /also the name of another layer/,
  ],
  'images for a layer over vectors': [
    sequential(image, dense),
    'model.topology.config.layers',
    /takes vectors \(flatten first\) or sequences, not \[28,28,1\]/,
  ],
  'a convolution with an empty output': [
    sequential(image, layer('Conv2D', { filters: 1, kernel_size: 29 }), flatten, dense),
    'model.topology.config.layers',
    /has an empty output/,
  ],
  'too many parameters': [
    sequential(
      image,
      flatten,
      layer('Dense', { units: 900_000, name: 'a' }),
      layer('Dense', { units: 900_000 }),
    ),
    'model.topology.config.layers',
    /parameters; the limit is 500000000/,
  ],
  'too many layers': [
    sequential(image, ...Array(20_000).fill(flatten)),
    'model.topology.config.layers',
    /must have at most \d+ entries/,
  ],
  'two outputs': [
    {
      class_name: 'Functional',
      config: {
        layers: [image, flatten, dense],
        output_layers: [
          ['Dense', 0, 0],
          ['Flatten', 0, 0],
        ],
      },
    },
    'model.topology.config.output_layers',
    /several outputs/,
  ],
}

testRefusals(REFUSED)

it('a custom model requires a dataset and an optimizer, because no preset provides them', () => {
  const model = { topology: sequential(image, flatten, dense) }
  assert.throws(
    () => resolveSpec({ model }),
    error => {
      assert.ok(error instanceof AppError)
      assert.deepEqual(
        error.mistakes.map(({ path }) => path),
        ['dataset', 'optimizer'],
      )
      return true
    },
  )
})
