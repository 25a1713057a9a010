import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { UploadedData } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { input, layer, type Refusals, sequential, testRefusals } from './keras-json.ts'

const tensor = { class_name: '__keras_tensor__', config: { keras_history: ['input', 0, 0] } }
const dense = layer('Dense', { units: 10 })

const REFUSED: Refusals = {
  'a root mean square normalization': [
    sequential(input(8), layer('LayerNormalization', { rms_scaling: true }), dense),
    'model.topology.config.layers.1.config.rms_scaling',
    /must be false/,
  ],
  'a layer normalization over time': [
    sequential(input(5, 8), layer('LayerNormalization', { axis: [1] }), layer('Flatten'), dense),
    'model.topology.config.layers.1.config.axis',
    /must be -1, the last/,
  ],
  'a layer normalization without scale': [
    sequential(input(8), layer('LayerNormalization', { scale: false }), dense),
    'model.topology.config.layers.1.config.scale',
    /must be true/,
  ],
  'a layer normalization of images': [
    sequential(input(8, 8, 3), layer('LayerNormalization'), layer('Flatten'), dense),
    'model.topology.config.layers',
    /LayerNormalization takes vectors \(flatten first\) or sequences, not \[8,8,3\]/,
  ],
  'an embedding that masks': [
    sequential(input(8), layer('Embedding', { input_dim: 9, output_dim: 2, mask_zero: true }), dense),
    'model.topology.config.layers.1.config.mask_zero',
    /must be false: masks are not supported/,
  ],
  'a constraint of embeddings': [
    sequential(
      input(8),
      layer('Embedding', { input_dim: 9, output_dim: 2, embeddings_constraint: { class_name: 'NonNeg' } }),
      dense,
    ),
    'model.topology.config.layers.1.config.embeddings_constraint',
    /is not supported/,
  ],
  'an embedding of computed values': [
    sequential(
      input(8),
      layer('Dense', { units: 4, name: 'first' }),
      layer('Embedding', { input_dim: 9, output_dim: 2 }),
      layer('Flatten'),
      dense,
    ),
    'model.topology.config.layers',
    /Embedding must be the first layer, over tokens \[time\]/,
  ],
  'too many embedding parameters': [
    sequential(
      input(8),
      layer('Embedding', { input_dim: 900_000, output_dim: 900_000 }),
      layer('Flatten'),
      dense,
    ),
    'model.topology.config.layers',
    /parameters; the limit is 500000000/,
  ],
  'an LSTM with activation': [
    sequential(input(5, 8), layer('LSTM', { units: 4, activation: 'relu' }), dense),
    'model.topology.config.layers.1.config.activation',
    /must be tanh/,
  ],
  'an LSTM with recurrent_activation': [
    sequential(input(5, 8), layer('LSTM', { units: 4, recurrent_activation: 'hard_sigmoid' }), dense),
    'model.topology.config.layers.1.config.recurrent_activation',
    /must be sigmoid/,
  ],
  'an LSTM with dropout': [
    sequential(input(5, 8), layer('LSTM', { units: 4, dropout: 0.2 }), dense),
    'model.topology.config.layers.1.config.dropout',
    /must be 0: put a Dropout layer before it/,
  ],
  'an LSTM with recurrent_dropout': [
    sequential(input(5, 8), layer('LSTM', { units: 4, recurrent_dropout: 0.2 }), dense),
    'model.topology.config.layers.1.config.recurrent_dropout',
    /must be 0/,
  ],
  'an LSTM with stateful': [
    sequential(input(5, 8), layer('LSTM', { units: 4, stateful: true }), dense),
    'model.topology.config.layers.1.config.stateful',
    /must be false/,
  ],
  'an LSTM with return_state': [
    sequential(input(5, 8), layer('LSTM', { units: 4, return_state: true }), dense),
    'model.topology.config.layers.1.config.return_state',
    /must be false/,
  ],
  'an LSTM with recurrent_constraint': [
    sequential(
      input(5, 8),
      layer('LSTM', { units: 4, recurrent_constraint: { class_name: 'UnitNorm' } }),
      dense,
    ),
    'model.topology.config.layers.1.config.recurrent_constraint',
    /is not supported/,
  ],
  'an LSTM with bias_initializer': [
    sequential(input(5, 8), layer('LSTM', { units: 4, bias_initializer: 'ones' }), dense),
    'model.topology.config.layers.1.config.bias_initializer',
    /must be zeros/,
  ],
  'an LSTM over a table': [
    sequential(input(8), layer('LSTM', { units: 4 }), dense),
    'model.topology.config.layers',
    /LSTM takes sequences \[time, features\], not \[8\]/,
  ],
  'a RepeatVector over a sequence': [
    sequential(input(5, 8), layer('RepeatVector', { n: 3 }), layer('Flatten'), dense),
    'model.topology.config.layers',
    /RepeatVector takes vectors, not \[5,8\]/,
  ],
  'sequences too long to unroll': [
    sequential(
      input(600, 8),
      layer('LSTM', { units: 4, return_sequences: true, name: 'a' }),
      layer('LSTM', { units: 4 }),
      dense,
    ),
    'model.topology.config.layers',
    /has 1200 recurrent steps up to LSTM; the limit is 1000/,
  ],
  'a masking layer': [
    sequential(input(5, 8), layer('Masking', { mask_value: 0 }), layer('LSTM', { units: 4 }), dense),
    'model.topology.config.layers.1.class_name',
    /is Masking, which is not supported; the supported layers are:/,
  ],
  'an LSTM with an initial state': [
    {
      class_name: 'Functional',
      config: {
        layers: [
          input(5, 8),
          {
            ...layer('LSTM', { units: 4 }),
            inbound_nodes: [{ args: [tensor], kwargs: { initial_state: [tensor] } }],
          },
        ],
      },
    },
    'model.topology.config.layers.1.inbound_nodes.0.kwargs.initial_state',
    /is not supported: call the layer with its input only/,
  ],
  'a GRU whose reset gate acts before the kernel': [
    sequential(input(5, 8), layer('GRU', { units: 4, reset_after: false }), dense),
    'model.topology.config.layers.1.config.reset_after',
    /must be true/,
  ],
  'a simple recurrent layer with another activation': [
    sequential(input(5, 8), layer('SimpleRNN', { units: 4, activation: 'relu' }), dense),
    'model.topology.config.layers.1.config.activation',
    /must be tanh/,
  ],
  'a Bidirectional with merge_mode sum': [
    sequential(
      input(5, 8),
      layer('Bidirectional', { layer: layer('LSTM', { units: 4 }), merge_mode: 'sum' }),
      dense,
    ),
    'model.topology.config.layers.1.config.merge_mode',
    /must be concat/,
  ],
  'a Bidirectional of another layer': [
    sequential(input(5, 8), layer('Bidirectional', { layer: layer('ConvLSTM1D', { units: 4 }) }), dense),
    'model.topology.config.layers.1.config.layer.class_name',
    /must be one of: LSTM, GRU, SimpleRNN/,
  ],
  'an option inside a Bidirectional': [
    sequential(
      input(5, 8),
      layer('Bidirectional', { layer: layer('LSTM', { units: 4, dropout: 0.5 }) }),
      dense,
    ),
    'model.topology.config.layers.1.config.layer.config.dropout',
    /must be 0/,
  ],
  'a Bidirectional of two kinds': [
    sequential(
      input(5, 8),
      layer('Bidirectional', {
        layer: layer('LSTM', { units: 4 }),
        backward_layer: layer('LSTM', { units: 5, go_backwards: true }),
      }),
      dense,
    ),
    'model.topology.config.layers.1.config.backward_layer.config',
    /must be the same as the wrapped layer, except for go_backwards/,
  ],
  'an output for every step': [
    sequential(input(5, 8), dense),
    'model.topology.config.layers',
    /must end in one number per class, not in \[5,10\] of Dense/,
  ],
}

testRefusals(REFUSED)

it('an artifact that a network cannot have is refused before the training', () => {
  const model = {
    topology: sequential(input(28, 28, 1), layer('Flatten'), dense),
  }
  const request = {
    model,
    dataset: { id: 'mnist' },
    optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false },
  } as const
  assert.throws(
    () => resolveSpec({ ...request, artifacts: ['sparse', 'optimizerState'] }),
    error => {
      assert.ok(error instanceof AppError)
      assert.deepEqual(error.mistakes, [
        { path: 'artifacts.1', message: 'optimizer-state.safetensors exists for gRDA only, not for sgd.' },
      ])
      return true
    },
  )
})

it('bytes are used as tokens, not as fractions of 255', () => {
  const embedding = layer('Embedding', { input_dim: 256, output_dim: 4 })
  const upload = {
    dtype: 'uint8',
    inputShape: [8],
    classes: ['no', 'yes'],
    splits: { train: 100, test: 10 },
    sha256: '',
  } satisfies UploadedData
  const dataset = { id: `dataset_${'0'.repeat(26)}` }
  const request = {
    model: { topology: sequential(input(8), embedding, layer('Flatten'), layer('Dense', { units: 2 })) },
    optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false },
  } as const
  const { spec } = resolveSpec({ ...request, dataset }, { upload })
  assert.deepEqual([spec.dataset.scale, spec.batchSize], ['none', 100])
  assert.throws(
    () => resolveSpec({ ...request, dataset: { ...dataset, scale: 'unit' } }, { upload }),
    error => {
      assert.ok(error instanceof AppError)
      assert.deepEqual(
        error.mistakes.map(({ path }) => path),
        ['dataset.scale'],
      )
      return true
    },
  )
})
