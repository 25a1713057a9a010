import { z } from 'zod'
import { AppError } from './error.ts'
import { plainEntry } from './keras-entry.ts'
import { type KerasLayer, layerFromKeras } from './keras-layer.ts'
import { withPlainReferences } from './keras-names.ts'
import type { LossActivation } from './loss.ts'
import type { Layer, Topology } from './model-spec.ts'
import { NETWORK_INPUT, placeLayers } from './shape.ts'
import { checkTopology } from './topology-limits.ts'

const LayerEntry = z.object({
  /** Keras 3 alone writes it. */
  module: z.string().nullish(),
  class_name: z.string(),
  name: z.string().optional(),
  config: z.record(z.string(), z.unknown()),
  inbound_nodes: z.array(z.unknown()).optional(),
})
type LayerEntry = z.infer<typeof LayerEntry>

const Model = z.object({
  class_name: z.enum(['Sequential', 'Functional', 'Model']),
  config: z.object({
    layers: z.array(z.preprocess(plainEntry, LayerEntry)).min(1).max(1000),
    build_input_shape: z.array(z.int().nullable()).optional(),
    input_layers: z.unknown().optional(),
    output_layers: z.unknown().optional().transform(withPlainReferences),
  }),
})

const ALONG_CHANNELS: ReadonlySet<string> = new Set([
  'BatchNormalization',
  'LayerNormalization',
  'Normalization',
  'Concatenate',
])
const PATH = 'model.topology'

/**
 * A network as Keras 2 and 3 (`model.to_json()`, Sequential or functional) or TensorFlow.js (`model.json`) write it down. The
 * loss's own activation at its end becomes part of the loss. @throws AppError `invalid_request` that names what cannot be trained here
 */
export function topologyFromKeras(json: unknown, lossActivation: LossActivation = 'softmax'): Topology {
  const { data, error } = Model.safeParse(unwrap(json))
  if (!data) {
    const [issue] = error.issues
    refuse(
      ['', ...issue!.path].join('.'),
      `${issue!.message}; it should be what model.to_json() of Keras writes`,
    )
  }
  const { class_name: kind, config } = data
  const layers = config.layers.map((entry, index) =>
    describe(entry, index, kind === 'Sequential' ? config.layers : undefined),
  )
  const inputs = layers.filter(({ className }) => className === 'InputLayer')
  if (inputs.length > 1)
    refuse('.config.input_layers', 'must be one: networks of several inputs are not trained here')
  const shape = inputShape(config.layers[0]!, config.build_input_shape)
  const ordered = withOutputLast(layers, config.output_layers)
  const topology = { inputShape: shape, layers: toLayers(ordered, inputs[0]?.name, lossActivation) }
  checkTopology(topology, refuse)
  checkAxes(topology, layers)
  return topology
}

/** The same for whatever loss its last activation belongs to. @throws AppError as `topologyFromKeras` does */
export function topologyFromAny(json: unknown): Topology {
  let first: unknown
  for (const activation of ['softmax', 'sigmoid', 'linear'] as const) {
    try {
      return topologyFromKeras(json, activation)
    } catch (error) {
      first ??= error
    }
  }
  throw first
}

/** TensorFlow.js and older Keras wrap the model in more or less. */
function unwrap(json: unknown): unknown {
  const { modelTopology, model_config: config } = (json ?? {}) as Record<string, unknown>
  return modelTopology === undefined && config === undefined ? json : unwrap(modelTopology ?? config)
}

function describe(entry: LayerEntry, index: number, sequence: readonly LayerEntry[] | undefined): KerasLayer {
  const path = `.config.layers.${index}`
  const name = nameOf(entry)
  if (name === '') refuse(`${path}.config.name`, 'must be a name')
  if (!entry.module && /^hard_?sigmoid$/i.test(String(entry.config.activation)))
    refuse(
      `${path}.config.activation`,
      'is another function in Keras 2 and TensorFlow.js: not the one trained here',
    )
  const before = sequence?.[index - 1]
  const inputs = sequence ? (before ? [nameOf(before)] : []) : inboundNames(entry, path)
  return { path, name, className: entry.class_name, config: entry.config, inputs }
}

function nameOf({ name, config }: LayerEntry): string {
  return name ?? String(config.name ?? '')
}

/** Keras 2 writes [[["layer", 0, 0, {}], ...]], Keras 3 [{ args: [tensor or tensors] }]; both once for every use of the layer. */
function inboundNames({ inbound_nodes: nodes = [] }: LayerEntry, path: string): string[] {
  if (nodes.length > 1)
    refuse(`${path}.inbound_nodes`, 'uses the layer more than once: shared layers are not trained here')
  const names: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number')
      names.push(value[0])
    else if (Array.isArray(value)) for (const inner of value) visit(inner)
    else if (typeof value === 'object' && value !== null) {
      const { args, kwargs, class_name: kind, config } = value as Record<string, unknown>
      // Keras 3 passes a recurrent layer's first state by name, and the shape of tensors nowhere else.
      if (JSON.stringify(kwargs ?? {}).includes('__keras_tensor__'))
        refuse(`${path}.inbound_nodes.0.kwargs`, 'must hold no tensors: layers take their input alone here')
      if (kind === '__keras_tensor__') visit((config as { keras_history: unknown }).keras_history)
      else if (args !== undefined) visit(args)
    }
  }
  visit(nodes)
  return names
}

function inputShape({ config }: LayerEntry, built: readonly (number | null)[] | undefined): number[] {
  const shape = z.array(z.int().nullable()).safeParse(config.batch_shape ?? config.batch_input_shape ?? built)
  const [, ...rest] = shape.data ?? []
  if (rest.length === 0 || rest.some(length => length === null || length < 1))
    refuse('.config.layers.0', 'must say the shape of an example: start with an Input of fixed shape')
  return rest as number[]
}

/** The last layer is the one that a training takes for the network's output. */
function withOutputLast(layers: readonly KerasLayer[], outputs: unknown): readonly KerasLayer[] {
  const names: string[] = []
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return
    if (typeof value[0] === 'string') names.push(value[0])
    else for (const inner of value) visit(inner)
  }
  visit(outputs)
  if (names.length > 1)
    refuse('.config.output_layers', 'must be one: networks of several outputs are not trained here')
  const [output] = names
  if (output === undefined) return layers
  return [...layers.filter(({ name }) => name !== output), ...layers.filter(({ name }) => name === output)]
}

/** A normalisation or concatenation here is one of channels or features, which come last. */
function checkAxes(topology: Topology, layers: readonly KerasLayer[]): void {
  const ranks = new Map(placeLayers(topology).map(({ layer, inputShape }) => [layer.name, inputShape.length]))
  for (const { className, name, config, path } of layers) {
    const axis = [config.axis].flat()[0] ?? -1
    if (ALONG_CHANNELS.has(className) && axis !== -1 && axis !== ranks.get(name))
      refuse(`${path}.config.axis`, 'must be -1, the last')
  }
}

function toLayers(
  layers: readonly KerasLayer[],
  input: string | undefined,
  lossActivation: LossActivation,
): Layer[] {
  const kept = layers.filter(({ className }) => className !== 'InputLayer')
  if (kept.length === 0) refuse('.config.layers', 'has no layer but the input')
  const names = new Set<string>()
  return withoutLossActivation(kept, lossActivation).map((layer, index) => {
    if (names.has(layer.name))
      refuse(`${layer.path}.config.name`, `"${layer.name}" is the name of another layer too`)
    names.add(layer.name)
    if (layer.name === NETWORK_INPUT)
      refuse(`${layer.path}.config.name`, `is "${NETWORK_INPUT}", which is what the input is called`)
    if (layer.inputs.length === 0 && index > 0)
      refuse(`${layer.path}.inbound_nodes`, 'names no layer that it takes from')
    const inputs = layer.inputs.map(name => (name === input ? NETWORK_INPUT : name))
    const takesBefore = index === 0 && inputs.every(name => name === NETWORK_INPUT) && inputs.length < 2
    return { ...layerFromKeras(layer, refuse), name: layer.name, ...(!takesBefore && { inputs }) } as Layer
  })
}

/** A training takes what the last layer gives for logits, where its loss has an activation of its own. */
function withoutLossActivation(layers: readonly KerasLayer[], own: LossActivation): readonly KerasLayer[] {
  const last = layers.at(-1)!
  const { className, config, path } = last
  const activation = className === 'Softmax' ? 'softmax' : (config.activation ?? 'linear')
  if (own === 'linear' || activation === 'linear') return layers
  if (activation !== own)
    refuse(
      `${path}.config.activation`,
      `must be linear or ${own}: the loss takes what this layer gives for logits`,
    )
  const before = layers.slice(0, -1)
  if (className === 'Softmax' || className === 'Activation') return before
  return [...before, { ...last, config: { ...config, activation: 'linear' } }]
}

function refuse(place: string, message: string): never {
  const path = `${PATH}${place}`
  throw new AppError('invalid_request', `${path} ${message}.`, { mistakes: [{ path, message }] })
}
