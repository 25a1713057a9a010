import { NO_PREPROCESSING, type Preprocessing } from '#domain/preprocessing.ts'
import { uniqueName } from '#formats/unique-name.ts'
import { type PlacedLayer, placeLayers } from '#network/place-layers.ts'
import { marginsOf, sidesOf } from '#network/shape.ts'
import type { LayerOf, RecurrentLayer, Topology } from '#network/topology.ts'
import { type Config, leakyRelu, type Reader, withActivation } from './activation-config.ts'
import { kerasOrder } from './keras-order.ts'
import { preprocessingConfigs } from './preprocessing-config.ts'

/** A layer as the `config` of a Keras model lists it. */
export interface LayerConfig {
  class_name: string
  name: string
  config: Record<string, unknown>
  inbound_nodes: unknown[]
}

const INPUT = 'input'

/** A network as Keras 2 writes a functional model, which Keras 3 and TensorFlow.js read as well. */
export function functionalConfig(
  topology: Topology,
  reader: Reader,
  preprocessing: Preprocessing = NO_PREPROCESSING,
) {
  const placed = placeLayers(topology)
  const configs = placed.map(place => withActivation(place.layer.name, configOf(place), reader))
  const before = preprocessingLayers(preprocessing, topology, reader)
  const start = before.at(-1)?.name ?? INPUT
  const nameAt = (position: number) => configs[position]?.at(-1)?.name ?? start
  const input: LayerConfig = {
    class_name: 'InputLayer',
    name: INPUT,
    config: { batch_input_shape: [null, ...topology.inputShape], dtype: 'float32', name: INPUT },
    inbound_nodes: [],
  }
  const layers = kerasOrder(placed).flatMap(index => {
    const parts = configs[index]!
    return parts.map(({ name, class_name, config, takes: within }, part): LayerConfig => {
      const takes =
        part === 0
          ? placed[index]!.inputs.map(nameAt)
          : (within ?? [part - 1]).map(place => parts[place]!.name)
      return layerConfig(name, { class_name, config }, takes)
    })
  })
  return {
    name: 'model',
    layers: [input, ...before, ...layers],
    input_layers: [[INPUT, 0, 0]],
    output_layers: [[nameAt(placed.length - 1), 0, 0]],
  }
}

function layerConfig(name: string, { class_name, config }: Config, takes: readonly string[]): LayerConfig {
  return {
    class_name,
    name,
    config: { name, trainable: true, dtype: 'float32', ...config },
    inbound_nodes: [takes.map(taken => [taken, 0, 0, {}])],
  }
}

/** One behind the other, the first one behind the input, under names that no layer of the network has. */
function preprocessingLayers(
  preprocessing: Preprocessing,
  { inputShape, layers }: Topology,
  reader: Reader,
): LayerConfig[] {
  const names = [INPUT, ...layers.map(({ name }) => name)]
  // Keras counts the layers of a class: one more Normalization would move the statistics of those in the network.
  const dialect = layers.some(({ type }) => type === 'normalization') ? 'tfjs' : reader
  return preprocessingConfigs(preprocessing, inputShape, dialect).map((config, index) => {
    const name = uniqueName(config.class_name.toLowerCase(), names)
    const before = index === 0 ? INPUT : names.at(-1)!
    names.push(name)
    return layerConfig(name, config, [before])
  })
}

function configOf({ layer, outputShape }: PlacedLayer): Config {
  switch (layer.type) {
    case 'conv2d': {
      const { filters, kernelSize, strides = 1, padding, activation, biasInitializer } = layer
      const config = {
        filters,
        kernel_size: sidesOf(kernelSize),
        strides: sidesOf(strides),
        padding,
        data_format: 'channels_last',
        activation,
        use_bias: biasInitializer !== undefined,
      }
      return { class_name: 'Conv2D', config }
    }
    case 'conv2dTranspose': {
      const { filters, kernelSize, strides = 1, padding, activation, biasInitializer } = layer
      const config = {
        filters,
        kernel_size: sidesOf(kernelSize),
        strides: sidesOf(strides),
        padding,
        activation,
      }
      const use_bias = biasInitializer !== undefined
      return { class_name: 'Conv2DTranspose', config: { ...config, use_bias, data_format: 'channels_last' } }
    }
    case 'depthwiseConv2d':
      return { class_name: 'DepthwiseConv2D', config: depthwiseConfig(layer) }
    case 'separableConv2d':
      return { class_name: 'SeparableConv2D', config: { ...depthwiseConfig(layer), filters: layer.filters } }
    case 'conv1d': {
      const { filters, kernelSize, strides = 1, padding, activation, biasInitializer } = layer
      const config = { filters, kernel_size: [kernelSize], strides: [strides], padding, activation }
      return { class_name: 'Conv1D', config: { ...config, use_bias: biasInitializer !== undefined } }
    }
    case 'dense': {
      const { units, activation, biasInitializer } = layer
      return { class_name: 'Dense', config: { units, activation, use_bias: biasInitializer !== undefined } }
    }
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const { poolSize, strides = poolSize, padding = 'valid' } = layer
      const config = { pool_size: sidesOf(poolSize), strides: sidesOf(strides), padding }
      const class_name = layer.type === 'maxPooling2d' ? 'MaxPooling2D' : 'AveragePooling2D'
      return { class_name, config: { ...config, data_format: 'channels_last' } }
    }
    case 'maxPooling1d':
    case 'averagePooling1d': {
      const { poolSize, strides = poolSize, padding = 'valid' } = layer
      const class_name = layer.type === 'maxPooling1d' ? 'MaxPooling1D' : 'AveragePooling1D'
      return { class_name, config: { pool_size: [poolSize], strides: [strides], padding } }
    }
    case 'globalAveragePooling1d':
      return { class_name: 'GlobalAveragePooling1D', config: keptDims(layer) }
    case 'globalMaxPooling1d':
      return { class_name: 'GlobalMaxPooling1D', config: keptDims(layer) }
    case 'zeroPadding2d':
      return {
        class_name: 'ZeroPadding2D',
        config: { padding: marginsOf(layer.padding), data_format: 'channels_last' },
      }
    case 'upSampling2d':
      return {
        class_name: 'UpSampling2D',
        config: { size: sidesOf(layer.size), interpolation: 'nearest', data_format: 'channels_last' },
      }
    case 'batchNormalization': {
      const { momentum, epsilon, scale = true, center = true } = layer
      return { class_name: 'BatchNormalization', config: { axis: -1, momentum, epsilon, scale, center } }
    }
    case 'rescaling':
      return { class_name: 'Rescaling', config: { scale: layer.scale, offset: layer.offset } }
    case 'normalization': {
      const { mean = null, variance = null } = layer
      return { class_name: 'Normalization', config: { axis: -1, mean, variance, invert: false } }
    }
    case 'cropping2d':
      return {
        class_name: 'Cropping2D',
        config: { cropping: marginsOf(layer.cropping), data_format: 'channels_last' },
      }
    case 'embedding': {
      const config = { input_dim: layer.inputDim, output_dim: layer.outputDim, mask_zero: false }
      return { class_name: 'Embedding', config }
    }
    case 'lstm':
    case 'gru':
    case 'simpleRnn':
      return recurrentConfig(layer)
    case 'layerNormalization': {
      const config = { axis: [-1], epsilon: layer.epsilon, center: true, scale: true }
      return { class_name: 'LayerNormalization', config }
    }
    case 'activation':
      return { class_name: 'Activation', config: { activation: layer.activation } }
    case 'leakyRelu':
      return leakyRelu(layer.slope)
    case 'dropout':
      return {
        class_name: 'Dropout',
        config: {
          rate: layer.rate,
          ...(layer.perExample && { noise_shape: [null, ...outputShape.map(() => 1)] }),
        },
      }
    case 'add':
      return { class_name: 'Add', config: {} }
    case 'multiply':
      return { class_name: 'Multiply', config: {} }
    case 'average':
      return { class_name: 'Average', config: {} }
    case 'concatenate':
      return { class_name: 'Concatenate', config: { axis: -1 } }
    case 'reshape':
      return { class_name: 'Reshape', config: { target_shape: outputShape } }
    case 'globalAveragePooling2d':
      return {
        class_name: 'GlobalAveragePooling2D',
        config: { data_format: 'channels_last', ...keptDims(layer) },
      }
    case 'globalMaxPooling2d':
      return {
        class_name: 'GlobalMaxPooling2D',
        config: { data_format: 'channels_last', ...keptDims(layer) },
      }
    case 'flatten':
      return { class_name: 'Flatten', config: {} }
  }
}

function keptDims({ keepDims }: { keepDims?: true }) {
  return keepDims ? { keepdims: true } : {}
}

function depthwiseConfig({
  kernelSize,
  strides = 1,
  padding,
  depthMultiplier,
  activation,
  biasInitializer,
}: LayerOf<'depthwiseConv2d' | 'separableConv2d'>) {
  return {
    kernel_size: sidesOf(kernelSize),
    strides: [strides, strides],
    padding,
    depth_multiplier: depthMultiplier,
    data_format: 'channels_last',
    activation,
    use_bias: biasInitializer !== undefined,
  }
}

/** What layers of these classes have beside the rest; TensorFlow.js would take a rougher activation. */
const RECURRENT = {
  lstm: { class_name: 'LSTM', options: { recurrent_activation: 'sigmoid' } },
  gru: { class_name: 'GRU', options: { recurrent_activation: 'sigmoid', reset_after: true } },
  simpleRnn: { class_name: 'SimpleRNN', options: {} },
} as const

function recurrentConfig(layer: RecurrentLayer): Config {
  const { type, units, returnSequences, direction, biasInitializer } = layer
  const { class_name, options } = RECURRENT[type]
  const config = {
    units,
    activation: 'tanh',
    use_bias: biasInitializer !== undefined,
    return_sequences: returnSequences,
    go_backwards: direction === 'backward',
    ...options,
  }
  if (direction !== 'both') return { class_name, config }
  // Keras names both after this one.
  const inner = { module: 'keras.layers', class_name, config: { name: layer.name, ...config } }
  return {
    class_name: 'Bidirectional',
    config: { merge_mode: 'concat', layer: { ...inner, registered_name: null } },
  }
}
