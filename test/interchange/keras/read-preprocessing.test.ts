import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AppError } from '#domain/error.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import { inputScaleOf } from '#formats/input-scale.ts'
import { topologyFromKeras } from '#interchange/keras/read-model.ts'
import { whyMissing } from '#interchange/missing-artifact.ts'
import { fixedParameters } from '#interchange/torch/torch-layout.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { statisticsOf, variablesOf } from '#network/variables.ts'
import { input, layer, type Refusals, sequential, testRefusals } from './keras-json.ts'

const image = input(28, 28, 1)
const flatten = layer('Flatten')
const dense = layer('Dense', { units: 10 })
const behind = (...layers: object[]) => sequential(image, ...layers, flatten, dense)
const at = (option: string) => `model.topology.config.layers.1.config.${option}`

const REFUSED: Refusals = {
  'a Rescaling whose scale is not a number': [
    behind(layer('Rescaling', { scale: null })),
    at('scale'),
    /must be a finite/,
  ],
  'a Rescaling without a scale': [behind(layer('Rescaling')), at('scale'), /must be a finite/],
  'a Rescaling by a number beyond float32': [
    behind(layer('Rescaling', { scale: 1, offset: [1e300] })),
    at('offset'),
    /must be a finite number, or a list of one per channel/,
  ],
  'a Rescaling for another number of channels': [
    behind(layer('Rescaling', { scale: [1, 2, 3] })),
    'model.topology.config.layers',
    /Rescaling has a list of 3 numbers as scale, but takes 1 channels/,
  ],
  'a Rescaling of rows': [behind(layer('Rescaling', { scale: [[1], [2]] })), at('scale'), /one per channel/],
  'a Normalization for another number of channels': [
    behind(layer('Normalization', { mean: [1, 2], variance: [1, 2] })),
    'model.topology.config.layers',
    /Normalization has a list of 2 numbers as mean, but takes 1 channels/,
  ],
  'a Normalization with a mean and no variance': [
    behind(layer('Normalization', { mean: [1] })),
    at('variance'),
    /is required: give mean and variance together/,
  ],
  'a negative variance': [
    behind(layer('Normalization', { mean: [1], variance: [-1] })),
    at('variance'),
    /must not be negative/,
  ],
  'a Normalization over all axes': [
    behind(layer('Normalization', { axis: [] })),
    at('axis'),
    /must be -1, the last/,
  ],
  'a Normalization over rows': [
    behind(layer('Normalization', { axis: [1] })),
    at('axis'),
    /must be -1, the last/,
  ],
  'an inverted Normalization': [
    behind(layer('Normalization', { invert: true })),
    at('invert'),
    /must be false/,
  ],
  'a cropping with an empty output': [
    behind(layer('Cropping2D', { cropping: [14, 0] })),
    'model.topology.config.layers',
    /Cropping2D has an empty output: \[0,28,1\], because its input is only \[28,28,1\]/,
  ],
  'a dense layer over a pooled vector with kept axes': [
    sequential(image, layer('GlobalMaxPooling2D', { keepdims: true }), dense),
    'model.topology.config.layers',
    /Dense takes vectors \(flatten first\) or sequences, not \[1,1,1\]/,
  ],
  'a dropout of rows': [
    behind(layer('Dropout', { rate: 0.5, noise_shape: [null, 28, 1, 1] })),
    at('noise_shape'),
    /must be null, or \[null, 1, \.\.\., 1\]/,
  ],
  'names that become equal by conversion': [
    behind(layer('ReLU', { name: 'a/b' }), layer('ReLU', { name: 'a_b' })),
    'model.topology.config.layers.2.config.name',
    /"a_b" is also the name of another layer/,
  ],
}

testRefusals(REFUSED)

it('layers with slashes in their names have variables with unambiguous names', () => {
  const { layers, ...topology } = topologyFromKeras(
    sequential(
      input(4),
      layer('Dense', { name: 'a/kernel', units: 3 }),
      layer('Dense', { name: 'a', units: 2, use_bias: false }),
    ),
  )
  const names = variablesOf({ layers, ...topology }).map(({ name }) => name)
  assert.deepEqual(names, ['a_kernel/kernel', 'a_kernel/bias', 'a/kernel'])
})

it('the operators of x * 0.5 + y in Keras 3 become layers', () => {
  const tensor = (name: string) => ({
    class_name: '__keras_tensor__',
    config: { keras_history: [name, 0, 0] },
  })
  const of = (entry: object, ...args: unknown[]) => ({ ...entry, inbound_nodes: [{ args, kwargs: {} }] })
  const operator = (class_name: string, name: string) => ({
    module: 'keras.src.ops.numpy',
    ...layer(class_name, { name }),
  })
  const build = (...layers: object[]) => ({
    class_name: 'Functional',
    config: { layers: [input(4), ...layers, of(dense, tensor('sum'))] },
  })
  const { layers } = topologyFromKeras(
    build(
      of(operator('Multiply', 'half'), tensor('input'), 0.5),
      of(operator('Subtract', 'less'), tensor('half'), 2),
      of(operator('Add', 'sum'), tensor('less'), tensor('input')),
    ),
  )
  assert.deepEqual(layers.slice(0, 3), [
    { type: 'rescaling', scale: 0.5, offset: 0, name: 'half' },
    { type: 'rescaling', scale: 1, offset: -2, name: 'less', inputs: ['half'] },
    { type: 'add', name: 'sum', inputs: ['less', 'input'] },
  ])
  for (const [name, args] of [
    ['Subtract', [1, tensor('input')]],
    ['Divide', [tensor('input'), 0]],
    ['Power', [tensor('input'), 2]],
  ] as const)
    assert.throws(() => topologyFromKeras(build(of(operator(name, 'sum'), ...args))), AppError, name)
})

it('the operators of x * 0.5 + y in Keras 2 become layers', () => {
  const operator = (name: string, of: string, operation: string, y: unknown) => ({
    ...layer('TFOpLambda', { name, function: operation }),
    inbound_nodes: [[of, 0, 0, { y, name: null }]],
  })
  const build = (...layers: object[]) => ({
    class_name: 'Functional',
    config: {
      layers: [input(4), ...layers, { ...dense, inbound_nodes: [[['sum', 0, 0, {}]]] }],
      output_layers: [['Dense', 0, 0]],
    },
  })
  const { layers } = topologyFromKeras(
    build(
      operator('Conv/half', 'input', 'math.multiply', 0.5),
      operator('sum', 'Conv/half', '__operators__.add', ['input', 0, 0]),
    ),
  )
  assert.deepEqual(layers.slice(0, 2), [
    { type: 'rescaling', scale: 0.5, offset: 0, name: 'Conv_half' },
    { type: 'add', name: 'sum', inputs: ['Conv_half', 'input'] },
  ])
  assert.throws(() => topologyFromKeras(build(operator('sum', 'input', 'math.pow', 2))), /is TFOpLambda/)
})

it('statistics are not trained, and batch normalizations have the variables that they were built with', () => {
  const topology = topologyFromKeras(
    behind(
      layer('Normalization'),
      layer('BatchNormalization', { name: 'centred', scale: false }),
      layer('BatchNormalization', { name: 'scaled', center: false }),
      layer('BatchNormalization', { name: 'plain', scale: false, center: false }),
    ),
  )
  assert.deepEqual(
    variablesOf(topology).map(({ name }) => name),
    ['centred/beta', 'scaled/gamma', 'Dense/kernel', 'Dense/bias'],
  )
  assert.deepEqual(
    statisticsOf(topology)
      .slice(0, 2)
      .map(({ name, initialValue }) => [name, initialValue]),
    [
      ['Normalization/mean', 0],
      ['Normalization/variance', 1],
    ],
  )
})

it('batch normalizations that PyTorch lacks are completed in its layout, and have no PyTorch optimizer state', () => {
  const topology = topologyFromKeras(
    behind(
      layer('BatchNormalization', { name: 'centred', scale: false }),
      layer('BatchNormalization', { name: 'scaled', center: false }),
      layer('BatchNormalization', { name: 'plain', scale: false, center: false }),
    ),
  )
  const fixed = fixedParameters(topology).map(({ name, data }) => [name, ...data])
  assert.deepEqual(fixed, [
    ['centred.weight', 1],
    ['scaled.bias', 0],
  ])
  assert.match(
    whyMissing('optimizer-state.safetensors', topology, { name: 'grda' })!,
    /numbers parameters that centred does not have/,
  )
})

const resolve = (model: object, dataset: object) =>
  resolveSpec({
    model: { topology: model },
    dataset,
    optimizer: { name: 'sgd', learningRate: 0.1 },
  } as JobRequest)
const mnist = { id: 'mnist' }
const rescaling = layer('Rescaling', { scale: 1 / 255 })

it('bytes remain 0 to 255 for a network that scales them itself, and the spec shows it', () => {
  for (const layers of [
    [rescaling],
    [layer('Normalization', { mean: 127, variance: 60 })],
    [layer('ZeroPadding2D', { padding: 1 }), layer('Reshape', { target_shape: [30, 30, 1] }), rescaling],
  ]) {
    const { dataset } = resolve(behind(...layers), mnist).spec
    assert.equal(dataset.scale, 'none')
    assert.equal(inputScaleOf(dataset), 1)
  }
  for (const layers of [[], [layer('Conv2D', { filters: 1, kernel_size: 1 }), rescaling]]) {
    const { dataset } = resolve(behind(...layers), mnist).spec
    assert.deepEqual(dataset, mnist)
    assert.equal(inputScaleOf(dataset), 1 / 255)
  }
  const asked = resolve(behind(rescaling), { ...mnist, scale: 'unit' }).spec.dataset
  assert.deepEqual([asked.scale, inputScaleOf(asked)], ['unit', 1 / 255])
})

it('a normalization of fractions is refused for bytes that remain 0 to 255', () => {
  const normalize = { mean: [0.13], std: [0.31] }
  const mistakesOf = (model: object, dataset: object) => {
    try {
      resolve(model, dataset)
    } catch (error) {
      return (error as AppError).mistakes.map(({ path, message }) => `${path} ${message}`)
    }
    return []
  }
  const [own] = mistakesOf(behind(rescaling), { ...mnist, normalize })
  assert.match(own!, /^dataset\.normalize .*because the layer Rescaling scales them/)
  const [asked] = mistakesOf(behind(), { ...mnist, normalize, scale: 'none' })
  assert.match(asked!, /^dataset\.normalize .*set dataset\.scale to "unit"/)
  assert.deepEqual(mistakesOf(behind(rescaling), { ...mnist, normalize, scale: 'unit' }), [])
})

it('a Normalization without statistics causes a warning with its name', () => {
  const warningsOf = (model: object) =>
    resolve(model, mnist).warnings.filter(({ code }) => code === 'not_adapted')
  const [warning] = warningsOf(behind(layer('Normalization')))
  assert.match(warning!.message, /^The Normalization layer Normalization starts with mean 0 and variance 1/)
  assert.deepEqual(warningsOf(behind(layer('Normalization', { mean: 1, variance: 4 }))), [])
})
