import { AppError, invalidRequest } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import type { LossActivation } from '#domain/loss.ts'
import { checkTopology, type Refuse } from '#network/check-topology.ts'
import { NETWORK_INPUT } from '#network/shape.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'
import { readCall } from './call.ts'
import { checkLayers } from './check-layers.ts'
import { dtypeWarnings } from './dtype.ts'
import { withOwnHardSigmoid } from './hard-sigmoid.ts'
import { codecOfClass } from './layers/keras-codecs.ts'
import { withoutLossActivation } from './loss-activation.ts'
import { type KerasJson, type LayerEntry, MOST_NAME_LENGTH, readKerasJson } from './model-json.ts'
import { inputShapeOf, reachedLayers, withOutputLast } from './reached-layers.ts'
import { isKnownClass, type KerasLayer, layerFromKeras, refuseClass } from './read-layer.ts'
import type { KerasMajor } from './version.ts'
import { quoted } from './word.ts'

const PATH = 'model.topology'

/** A network, and warnings about differences between training and its file. */
export interface ReadModel {
  topology: Topology
  warnings: Warning[]
}

/**
 * Reads a network from JSON of Keras 2 and 3 (`model.to_json()`, Sequential or functional) or TensorFlow.js (`model.json`). The loss's
 * activation at its end becomes part of the loss. @throws AppError `invalid_request` that names what cannot be trained
 */
export function readKerasModel(json: unknown, lossActivation: LossActivation = 'softmax'): ReadModel {
  const model = readKerasJson(json, refuse)
  const all = model.entries.map((entry, index) => describe(entry, index, model))
  const { layers, dropped } = reachedLayers(withOutputLast(all, model.output_layers, refuse))
  const inputs = layers.filter(({ className }) => className === 'InputLayer')
  if (inputs.length > 1)
    refuse('.config.input_layers', 'must be one: networks with several inputs are not supported')
  const inputShape = inputShapeOf(model, refuse)
  const topology = { inputShape, layers: toLayers(layers, inputs[0]?.name, lossActivation) }
  const network = checkTopology(topology, refuse)
  checkLayers(network, layers, refuse)
  const warnings = [...dropped.map(droppedWarning), ...dtypeWarnings(layers, PATH, refuse)]
  return { topology, warnings }
}

/** The network without warnings. @throws AppError as `readKerasModel` does */
export function topologyFromKeras(json: unknown, lossActivation?: LossActivation): Topology {
  return readKerasModel(json, lossActivation).topology
}

/** Accepts any loss that the last activation may belong to. @throws AppError as `readKerasModel` does */
export function readModelOfAnyLoss(json: unknown): ReadModel {
  for (const activation of ['softmax', 'sigmoid'] as const) {
    try {
      return readKerasModel(json, activation)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
  }
  // Any last activation fits a linear loss, so this error is about the network.
  return readKerasModel(json, 'linear')
}

function describe(entry: LayerEntry, index: number, model: KerasJson): KerasLayer {
  const path = `${model.path}.${index}`
  const name = nameOf(entry)
  if (name.length > MOST_NAME_LENGTH)
    refuse(`${path}.config.name`, `must have ${MOST_NAME_LENGTH} characters at most`)
  if (name === '') refuse(`${path}.config.name`, 'must be a name')
  const before = model.isSequential ? model.entries[index - 1] : undefined
  // The error for an unknown layer comes before that for a mistake in its call.
  const refuseCall: Refuse = isKnownClass(entry.class_name)
    ? refuse
    : () => refuseClass(entry.class_name, path, refuse)
  const { inputs, training } = model.isSequential
    ? { inputs: before ? [nameOf(before)] : [], training: undefined }
    : readCall(entry.inbound_nodes ?? [], `${path}.inbound_nodes`, refuseCall)
  const layer = { path, name, className: entry.class_name, config: entry.config, inputs }
  return asCalled(withOwnHardSigmoid(layer, model.major, refuse), training, model.major)
}

/**
 * With `training=False`, a layer that adds noise does nothing in Keras 2, and one with moving statistics would have to keep them constant.
 * Keras 3 writes `training: false` for every dropout that a functional model calls, and `fit` overrides it.
 */
function asCalled(
  layer: KerasLayer,
  training: boolean | undefined,
  major: KerasMajor | undefined,
): KerasLayer {
  const { className, config, path } = layer
  const kind = codecOfClass(className)?.inTraining
  if (training === undefined || !kind) return layer
  if (kind === 'noise' && !training) return major === 3 ? layer : { ...layer, config: { ...config, rate: 0 } }
  return refuse(
    `${path}.inbound_nodes`,
    `calls ${className} with training=${training ? 'True' : 'False'}, which is not supported: call the layer without it`,
  )
}

function nameOf({ name, config }: LayerEntry): string {
  return name ?? (typeof config.name === 'string' ? config.name : '')
}

function droppedWarning({ name, path }: KerasLayer): Warning {
  const message = `${quoted(name)} leads to no output and is left out, as Keras leaves it out.`
  return { code: 'layer_left_out', path: `${PATH}${path}`, message }
}

function toLayers(
  layers: readonly KerasLayer[],
  input: string | undefined,
  lossActivation: LossActivation,
): LayerSpec[] {
  const kept = layers.filter(({ className }) => className !== 'InputLayer')
  if (kept.length === 0) refuse('.config.layers', 'has no layer besides the input')
  const names = new Set<string>()
  return withoutLossActivation(kept, lossActivation, refuse).map((layer, index) => {
    if (names.has(layer.name))
      refuse(`${layer.path}.config.name`, `"${quoted(layer.name)}" is also the name of another layer`)
    names.add(layer.name)
    if (layer.name === NETWORK_INPUT)
      refuse(`${layer.path}.config.name`, `is "${NETWORK_INPUT}", the reserved name of the network's input`)
    if (layer.inputs.length === 0 && index > 0) refuse(`${layer.path}.inbound_nodes`, 'names no input layer')
    const inputs = layer.inputs.map(name => (name === input ? NETWORK_INPUT : name))
    const takesBefore = index === 0 && inputs.every(name => name === NETWORK_INPUT) && inputs.length < 2
    return {
      ...layerFromKeras(layer, refuse),
      name: layer.name,
      ...(!takesBefore && { inputs }),
    } as LayerSpec
  })
}

function refuse(place: string, message: string): never {
  throw invalidRequest(`${PATH}${place}`, message)
}
