import { NO_PREPROCESSING, type Preprocessing } from '#formats/preprocessing.ts'
import { uniqueName } from '#formats/unique-name.ts'
import { placeLayers } from '#network/place-layers.ts'
import type { Topology } from '#network/topology.ts'
import { type Config, type Reader, withActivation } from './activation-config.ts'
import { kerasOrder } from './keras-order.ts'
import { kerasCodec } from './layers/keras-codecs.ts'
import { preprocessingConfigs } from './preprocessing-config.ts'

/** A layer in the `config` of a Keras model. */
export interface LayerConfig {
  class_name: string
  name: string
  config: Record<string, unknown>
  inbound_nodes: unknown[]
}

const INPUT = 'input'

/** A network in the form of a functional model of Keras 2, which Keras 3 and TensorFlow.js also read. */
export function functionalConfig(
  topology: Topology,
  reader: Reader,
  preprocessing: Preprocessing = NO_PREPROCESSING,
) {
  const placed = placeLayers(topology)
  const configs = placed.map(place =>
    withActivation(place.layer.name, kerasCodec(place.layer.type).write(place), reader),
  )
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

/** A chain of layers that begins at the input; its names differ from those in the network. */
function preprocessingLayers(
  preprocessing: Preprocessing,
  { inputShape, layers }: Topology,
  reader: Reader,
): LayerConfig[] {
  const names = [INPUT, ...layers.map(({ name }) => name)]
  // Keras numbers the layers of a class: a Normalization in front would shift the numbers, and thus the statistics, of those in the
  // network.
  const dialect = layers.some(({ type }) => type === 'normalization') ? 'tfjs' : reader
  return preprocessingConfigs(preprocessing, inputShape, dialect).map((config, index) => {
    const name = uniqueName(config.class_name.toLowerCase(), names)
    const before = index === 0 ? INPUT : names.at(-1)!
    names.push(name)
    return layerConfig(name, config, [before])
  })
}
