import type { Layer, Topology } from '#domain/model-spec.ts'
import { placeLayers } from '#domain/shape.ts'
import { kerasOrder } from './keras-order.ts'

/** A layer as the `config` of a Keras model lists it. */
export interface LayerConfig {
  class_name: string
  name: string
  config: Record<string, unknown>
  inbound_nodes: unknown[]
}

const INPUT = 'input'

/**
 * A network as Keras 2 writes a functional model, which Keras 3 and TensorFlow.js read as well. It gives the logits: what a
 * loss takes `from_logits`.
 */
export function functionalConfig(topology: Topology) {
  const placed = placeLayers(topology)
  const nameAt = (position: number) => placed[position]?.layer.name ?? INPUT
  const input: LayerConfig = {
    class_name: 'InputLayer',
    name: INPUT,
    config: { batch_input_shape: [null, ...topology.inputShape], dtype: 'float32', name: INPUT },
    inbound_nodes: [],
  }
  const layers = kerasOrder(placed).map((position): LayerConfig => {
    const { layer, inputs } = placed[position]!
    const { class_name, config } = configOf(layer)
    return {
      class_name,
      name: layer.name,
      config: { name: layer.name, trainable: true, dtype: 'float32', ...config },
      inbound_nodes: [inputs.map(position => [nameAt(position), 0, 0, {}])],
    }
  })
  return {
    name: 'model',
    layers: [input, ...layers],
    input_layers: [[INPUT, 0, 0]],
    output_layers: [[nameAt(placed.length - 1), 0, 0]],
  }
}

function configOf(layer: Layer): Pick<LayerConfig, 'class_name' | 'config'> {
  switch (layer.type) {
    case 'conv2d': {
      const { filters, kernelSize, strides = 1, padding, activation, biasInitializer } = layer
      const config = {
        filters,
        kernel_size: [kernelSize, kernelSize],
        strides: [strides, strides],
        padding,
        data_format: 'channels_last',
        activation,
        use_bias: biasInitializer !== undefined,
      }
      return { class_name: 'Conv2D', config }
    }
    case 'dense': {
      const { units, activation, biasInitializer } = layer
      return { class_name: 'Dense', config: { units, activation, use_bias: biasInitializer !== undefined } }
    }
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const { poolSize, strides = poolSize } = layer
      const config = { pool_size: [poolSize, poolSize], strides: [strides, strides], padding: 'valid' }
      const class_name = layer.type === 'maxPooling2d' ? 'MaxPooling2D' : 'AveragePooling2D'
      return { class_name, config: { ...config, data_format: 'channels_last' } }
    }
    case 'zeroPadding2d': {
      const side = [layer.padding, layer.padding]
      return { class_name: 'ZeroPadding2D', config: { padding: [side, side], data_format: 'channels_last' } }
    }
    case 'batchNormalization': {
      const { momentum, epsilon } = layer
      return { class_name: 'BatchNormalization', config: { axis: -1, momentum, epsilon } }
    }
    case 'embedding': {
      const config = { input_dim: layer.inputDim, output_dim: layer.outputDim, mask_zero: false }
      return { class_name: 'Embedding', config }
    }
    case 'layerNormalization': {
      const config = { axis: [-1], epsilon: layer.epsilon, center: true, scale: true }
      return { class_name: 'LayerNormalization', config }
    }
    case 'activation':
      return { class_name: 'Activation', config: { activation: layer.activation } }
    case 'dropout':
      return { class_name: 'Dropout', config: { rate: layer.rate } }
    case 'add':
      return { class_name: 'Add', config: {} }
    case 'globalAveragePooling2d':
      return { class_name: 'GlobalAveragePooling2D', config: { data_format: 'channels_last' } }
    case 'flatten':
      return { class_name: 'Flatten', config: {} }
  }
}
